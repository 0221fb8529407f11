/**
 * `npm run bench:accounts`: makes one registration in each of several named accounts; and, to compare with,
 * the same number of registrations in one account. Verifies on the servers what arrived before it accepts a
 * time.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import { packTarball } from "../tools/installation.mts";
import { ensurePulumiCli } from "../tools/pulumi-cli.mts";
import { describeMachine } from "./machine.mts";
import { type Command as MeasuredCommand, measure } from "./measurement.mts";
import { median } from "./metrics.mts";
import { parseCounts, parsePositive } from "./options.mts";
import { createPulumiDirectory, type PulumiEngine } from "./pulumi-directory.mts";
import { requireRegistered } from "./round.mts";
import { type Server, startServer } from "./server.mts";
import { withTemporaryDirectory } from "./temporary-directory.mts";
import { clientSecret, createWorkload, registrationsOf } from "./workload.mts";

interface Figures {
  upSeconds: number;
  noopSeconds: number;
  providerProcesses: number;
  /** All provider processes together. */
  providerMiB: number;
  tokenRequests: number;
  noopRequests: number;
}

const latencyMs = 2;
const stack = "dev";
const titles = {
  one: "the same number of registrations in one account",
  named: "**named accounts**",
};
type Name = keyof typeof titles;
const names = Object.keys(titles) as Name[];
const operations = {
  up: ["up", "--yes", "--skip-preview"],
  noop: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
};

/** A way to make registrations in accounts. */
interface Candidate {
  /** Forgets what was declared before, and declares as many registrations as there are servers. */
  prepare(servers: readonly Server[]): Promise<void>;
  command(operation: keyof typeof operations): MeasuredCommand;
}

const { accounts, runs, json } = new Command("npm run bench:accounts --")
  .description("Measures one registration in each of several accounts.")
  .addOption(
    new Option("--accounts <counts>", "numbers of accounts, comma-separated")
      .argParser(parseCounts)
      .default([1, 10, 30, 100, 300], "1,10,30,100,300"),
  )
  .addOption(new Option("--runs <count>", "interleaved runs").argParser(parsePositive).default(1))
  .option("--json <file>", "the results as JSON")
  .allowExcessArguments(false)
  .parse()
  .opts<{ accounts: number[]; runs: number; json?: string }>();

await withTemporaryDirectory(async (directory, signal) => {
  const cli = await ensurePulumiCli();
  const engine: PulumiEngine = { cli, tarball: packTarball(directory) };
  const servers: Server[] = [];
  const results: Array<{ name: Name; accounts: number; figures: Figures }> = [];
  try {
    for (let n = 0; n < Math.max(...accounts); n++) {
      servers.push(await startServer(clientSecret, latencyMs, `account-${n}`));
    }
    const candidates = new Map<Name, Candidate>();
    for (const name of names) {
      const path = join(directory, name);
      await mkdir(path);
      candidates.set(name, createCandidate(name, path, engine));
    }
    for (const count of accounts) {
      const perRun = new Map<Name, Figures[]>();
      for (let run = 0; run < runs; run++) {
        for (const [name, candidate] of candidates) {
          const figures = await round(name, candidate, servers.slice(0, count));
          perRun.set(name, [...(perRun.get(name) ?? []), figures]);
          process.stderr.write(`${count} × ${name}: ${figures.upSeconds.toFixed(1)} s\n`);
        }
      }
      for (const [name, all] of perRun) {
        results.push({ name, accounts: count, figures: medians(all) });
      }
    }
    const machine = describeMachine({ pulumi: engine }, { latencyMs, runs });
    if (json !== undefined) await writeFile(json, JSON.stringify({ machine, results }, null, 2));
    console.log(table());
  } finally {
    for (const server of servers) await server.close();
  }

  async function round(
    name: Name,
    candidate: Candidate,
    targets: readonly Server[],
  ): Promise<Figures> {
    for (const server of servers) server.reset();
    await candidate.prepare(targets);
    const up = await measure(candidate.command("up"), signal);
    requireAll(name, targets);
    const tokenRequests = sum(targets, ({ token }) => token);
    for (const server of targets) server.resetCounts();
    const noop = await measure(candidate.command("noop"), signal);
    requireAll(name, targets);
    return {
      upSeconds: up.seconds,
      noopSeconds: noop.seconds,
      providerProcesses: up.providers.length,
      providerMiB: up.providers.reduce((total, bytes) => total + bytes, 0) / 2 ** 20,
      tokenRequests,
      noopRequests: sum(targets, ({ token, register, read }) => token + register + read),
    };
  }

  function table(): string {
    const rows = results.map(({ name, accounts: count, figures }) => {
      const baseline = results.find((each) => each.name === "one" && each.accounts === count);
      const ratio = baseline && figures.upSeconds / baseline.figures.upSeconds;
      return [
        count,
        titles[name],
        figures.upSeconds.toFixed(1),
        ratio?.toFixed(2) ?? "–",
        figures.noopSeconds.toFixed(1),
        figures.providerProcesses,
        figures.providerMiB.toFixed(0),
        figures.tokenRequests,
        figures.noopRequests,
      ];
    });
    const head = [
      ...["accounts", "", "first up, s", "÷ one account", "unchanged up, s"],
      ...["provider processes", "their memory, MiB", "token requests", "requests when unchanged"],
    ];
    return [head, head.map(() => "---"), ...rows]
      .map((cells) => `| ${cells.join(" | ")} |`)
      .join("\n");
  }
});

function createCandidate(name: Name, directory: string, engine: PulumiEngine): Candidate {
  const program = name === "one" ? "vcc.ts" : "named-accounts.ts";
  const pulumi = createPulumiDirectory(directory, program, engine);
  let environment: Record<string, string> = {};
  return {
    async prepare(servers) {
      environment = { VCC_ACCOUNTS: settingsOf(servers) };
      const [first] = servers;
      if (name === "one" && first !== undefined) environment = environmentOf(first);
      await pulumi.clear(stack);
      await pulumi.run("stack", "init", stack);
      const { callbackToken, apiKey } = createWorkload(1, 1);
      await pulumi.run(
        ...["config", "set-all", "--plaintext", `count=${servers.length}`],
        ...["--secret", `callbackToken=${callbackToken}`, "--secret", `apiKey=${apiKey}`],
      );
    },
    command(operation) {
      const command = pulumi.command(...operations[operation]);
      return { ...command, env: { ...command.env, ...environment } };
    },
  };
}

function environmentOf({ clientId, apiUrl, authUrl }: Server): Record<string, string> {
  return {
    VCC_REGION: "emea",
    VCC_CLIENT_ID: clientId,
    VCC_CLIENT_SECRET: clientSecret,
    VCC_API_URL: apiUrl,
    VCC_AUTH_URL: authUrl,
  };
}

/** Account name → settings, one for each server. */
function settingsOf(servers: readonly Server[]): string {
  const entries = servers.map(({ clientId, apiUrl, authUrl }) => [
    clientId,
    { region: "emea", clientId, clientSecret, apiUrl, authUrl },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** @throws if a server does not hold exactly what is declared */
function requireAll(name: Name, targets: readonly Server[]): void {
  if (name === "one") {
    const [server] = targets;
    const workload = createWorkload(targets.length, 1);
    if (server) requireRegistered(name, server, registrationsOf(workload));
    return;
  }
  for (const server of targets) {
    requireRegistered(server.clientId, server, registrationsOf(createWorkload(1, 1)));
  }
}

function sum(targets: readonly Server[], of: (counts: ReturnType<Server["counts"]>) => number) {
  return targets.reduce((total, server) => total + of(server.counts()), 0);
}

function medians(all: readonly Figures[]): Figures {
  const [first] = all;
  const keys = Object.keys(first ?? {}) as Array<keyof Figures>;
  return Object.fromEntries(
    keys.map((key) => [key, median(all.map((figures) => figures[key]))]),
  ) as unknown as Figures;
}
