/**
 * `npm run bench:fleet -- [count]`: compares three accounts in one stack with three stacks in parallel, as
 * `examples/fleet.ts` runs them. Measures the first `up` in three interleaved runs, and verifies each run on
 * the servers.
 */
import { copyFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { packTarball } from "../tools/installation.mts";
import { ensurePulumiCli } from "../tools/pulumi-cli.mts";
import { type Command as MeasuredCommand, measure } from "./measurement.mts";
import { median } from "./metrics.mts";
import { parsePositive } from "./options.mts";
import { createPulumiDirectory } from "./pulumi-directory.mts";
import { requireRegistered } from "./round.mts";
import { type Server, startServer } from "./server.mts";
import { withTemporaryDirectory } from "./temporary-directory.mts";
import { clientSecret, createWorkload, registrationsOf } from "./workload.mts";

const repetitions = 3;
const latencyMs = 2;
const [count] = new Command("npm run bench:fleet --")
  .description("Compares three accounts in one stack with three stacks in parallel.")
  .argument("[count]", "number of registrations per account", parsePositive, 333)
  .allowExcessArguments(false)
  .parse().processedArgs;

const root = dirname(import.meta.dirname);
const accounts = [
  { stack: "emea", region: "emea" },
  { stack: "americas", region: "nam" },
  { stack: "asia", region: "apac" },
];
const workload = createWorkload(count, 1);
const secrets = { callbackToken: workload.callbackToken, apiKey: workload.apiKey };

const cli = await ensurePulumiCli();
const servers: Server[] = [];
await withTemporaryDirectory(async (directory, signal) => {
  try {
    for (const { region } of accounts) {
      servers.push(await startServer(clientSecret, latencyMs, region));
    }
    const engine = { cli, tarball: packTarball(directory) };
    const project = async (name: string, program: string) => {
      const path = join(directory, name);
      await mkdir(path);
      return { path, pulumi: createPulumiDirectory(path, program, engine) };
    };
    const one = await project("one-stack", "three-accounts.ts");
    const fleet = await project("stack-each", "vcc.ts");
    copyFileSync(join(root, "examples/fleet.ts"), join(fleet.path, "fleet.ts"));

    const prepareOneStack = async () => {
      await one.pulumi.clear("all");
      await one.pulumi.run("stack", "init", "all");
      const urls = accounts.flatMap(({ region }, index) => [
        [`${region}ApiUrl`, servers[index]?.apiUrl],
        [`${region}AuthUrl`, servers[index]?.authUrl],
      ]);
      await one.pulumi.run(...settings({ ...secrets, clientSecret }, Object.fromEntries(urls)));
    };
    const prepareFleet = async () => {
      await fleet.pulumi.clear(...accounts.map(({ stack }) => stack));
      for (const [index, { stack, region }] of accounts.entries()) {
        await fleet.pulumi.run("stack", "init", stack);
        const connection = {
          "vcc:region": region,
          "vcc:clientId": region,
          "vcc:apiUrl": servers[index]?.apiUrl,
          "vcc:authUrl": servers[index]?.authUrl,
        };
        await fleet.pulumi.run(
          ...settings({ ...secrets, "vcc:clientSecret": clientSecret }, connection),
          ...["--stack", stack],
        );
      }
    };

    const seconds = { one: [] as number[], fleet: [] as number[] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      await prepareOneStack();
      seconds.one.push(await up(one.pulumi.command("up", "--yes", "--skip-preview"), signal));
      await prepareFleet();
      const { path: cwd, pulumi } = fleet;
      seconds.fleet.push(
        await up(
          { program: process.execPath, args: ["fleet.ts", "up"], cwd, env: pulumi.env },
          signal,
        ),
      );
    }
    const formatSeconds = (values: number[]) =>
      `${median(values).toFixed(1)} s (${Math.min(...values).toFixed(1)} – ${Math.max(...values).toFixed(1)})`;
    console.log(`${count} registrations in each of three accounts, medians of ${repetitions} interleaved runs:
  one stack                 ${formatSeconds(seconds.one)}
  three stacks in parallel  ${formatSeconds(seconds.fleet)}
  ratio                     ${(median(seconds.fleet) / median(seconds.one)).toFixed(2)}`);
  } finally {
    for (const server of servers) await server.close();
  }
});

/** The arguments of a `pulumi config set-all` that also sets the number of registrations. */
function settings(secret: Record<string, string>, plain: Record<string, string | undefined>) {
  const pairs = (flag: string, values: Record<string, string | undefined>) =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  return [
    ...["config", "set-all"],
    ...pairs("--plaintext", { ...plain, count: String(count) }),
    ...pairs("--secret", secret),
  ];
}

/**
 * @returns seconds
 * @throws if a server does not hold the declared registrations afterwards
 */
async function up(command: MeasuredCommand, signal: AbortSignal): Promise<number> {
  for (const server of servers) server.reset();
  const measurement = await measure(command, signal);
  for (const server of servers) {
    requireRegistered(server.clientId, server, registrationsOf(workload));
  }
  return measurement.seconds;
}
