/**
 * `npm run bench:accounts`: makes one registration in each of several accounts, with named accounts, with
 * `VccAccount` objects, and with OpenTofu; and, to compare with, the same number of registrations in one
 * account. Verifies on the servers what arrived before it accepts a time.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import { packTarball } from "../tools/installation.mts";
import { ensurePulumiCli } from "../tools/pulumi-cli.mts";
import {
  type AccountCandidate,
  createOpenTofuCandidate,
  createPulumiCandidate,
  settingsOf,
} from "./account-candidates.mts";
import { describeMachine } from "./machine.mts";
import { measure } from "./measurement.mts";
import { median } from "./metrics.mts";
import { ensureOpenTofuTools, type OpenTofuTools } from "./opentofu-tools.mts";
import { parseCounts, parsePositive } from "./options.mts";
import type { PulumiEngine } from "./pulumi-directory.mts";
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
const names = ["one", "named", "objects", "restapi"] as const;
type Name = (typeof names)[number];

const { accounts, runs, only, json } = new Command("npm run bench:accounts --")
  .description("Measures one registration in each of several accounts.")
  .addOption(
    new Option("--accounts <counts>", "numbers of accounts, comma-separated")
      .argParser(parseCounts)
      .default([1, 10, 30, 100, 300], "1,10,30,100,300"),
  )
  .addOption(new Option("--runs <count>", "interleaved runs").argParser(parsePositive).default(1))
  .addOption(
    new Option("--only <names...>", "candidates, space-separated").choices(names).default(names),
  )
  .option("--json <file>", "the results as JSON")
  .allowExcessArguments(false)
  .parse()
  .opts<{ accounts: number[]; runs: number; only: Name[]; json?: string }>();

await withTemporaryDirectory(async (directory, signal) => {
  const cli = await ensurePulumiCli();
  const openTofu = only.includes("restapi") ? await ensureOpenTofuTools() : undefined;
  const engine: PulumiEngine = { cli, tarball: packTarball(directory) };
  const servers: Server[] = [];
  const results: Array<{ name: Name; accounts: number; figures: Figures }> = [];
  try {
    for (let n = 0; n < Math.max(...accounts); n++) {
      servers.push(await startServer(clientSecret, latencyMs, `account-${n}`));
    }
    const create = candidatesOf(engine, openTofu);
    const candidates = new Map<Name, AccountCandidate>();
    for (const name of only) {
      const path = join(directory, name);
      await mkdir(path);
      candidates.set(name, create[name](path));
    }
    for (const count of accounts) {
      const perRun = new Map<Name, Figures[]>();
      for (let run = 0; run < runs; run++) {
        for (const [name, candidate] of candidates) {
          if (count > candidate.maxAccounts) continue;
          const figures = await round(name, candidate, servers.slice(0, count));
          perRun.set(name, [...(perRun.get(name) ?? []), figures]);
          process.stderr.write(`${count} × ${name}: ${figures.upSeconds.toFixed(1)} s\n`);
        }
      }
      for (const [name, all] of perRun) {
        results.push({ name, accounts: count, figures: medians(all) });
      }
    }
    const titles = [...candidates].map(([name, { title }]) => [name, title] as const);
    const machine = describeMachine(
      { pulumi: engine, ...(openTofu && { openTofu }) },
      { latencyMs, runs },
    );
    if (json !== undefined) await writeFile(json, JSON.stringify({ machine, results }, null, 2));
    console.log(table(new Map(titles)));
  } finally {
    for (const server of servers) await server.close();
  }

  async function round(
    name: Name,
    candidate: AccountCandidate,
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

  function table(titles: ReadonlyMap<Name, string>): string {
    const rows = results.map(({ name, accounts: count, figures }) => {
      const baseline = results.find((each) => each.name === "one" && each.accounts === count);
      const ratio = baseline && figures.upSeconds / baseline.figures.upSeconds;
      return [
        count,
        titles.get(name),
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

function candidatesOf(
  engine: PulumiEngine,
  openTofu: OpenTofuTools | undefined,
): Record<Name, (path: string) => AccountCandidate> {
  return {
    one: (path) =>
      createPulumiCandidate(
        { title: "the same number of registrations in one account", maxAccounts: Infinity },
        path,
        engine,
        "vcc.ts",
        ([server]) => ({
          VCC_REGION: "emea",
          VCC_CLIENT_ID: server?.clientId ?? "",
          VCC_CLIENT_SECRET: clientSecret,
          VCC_API_URL: server?.apiUrl ?? "",
          VCC_AUTH_URL: server?.authUrl ?? "",
        }),
      ),
    named: (path) =>
      createPulumiCandidate(
        { title: "**named accounts**", maxAccounts: Infinity },
        path,
        engine,
        "named-accounts.ts",
        (targets) => ({ VCC_ACCOUNTS: settingsOf(targets) }),
      ),
    objects: (path) =>
      createPulumiCandidate(
        { title: "a `VccAccount` each", maxAccounts: 30 },
        path,
        engine,
        "account-objects.ts",
        (targets) => ({ ACCOUNTS: settingsOf(targets) }),
      ),
    restapi: (path) => createOpenTofuCandidate(path, openTofu as never),
  };
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
