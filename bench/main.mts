/**
 * `npm run bench`: compares pulumi-vcc with the alternatives, in one run on one machine. The table goes to
 * standard output, the progress to standard error. It exits with 1 if a run failed.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { packTarball } from "../tools/installation.mts";
import { ensurePulumiCli } from "../tools/pulumi-cli.mts";
import { candidates } from "./candidates.mts";
import { ensureOpenTofu } from "./opentofu-project.mts";
import { commaListOf, positive } from "./option-parsers.mts";
import { runRound } from "./round.mts";
import { type Server, startServer } from "./server.mts";
import { type Run, toMarkdown } from "./table.mts";
import { withTemporaryDirectory } from "./temporary-directory.mts";

const names = Object.keys(candidates);
const four = names.filter((name) => name !== "accounts");
const { only, n, runs, latency, json } = new Command("npm run bench --")
  .description("Compares pulumi-vcc with the alternatives.")
  .addOption(
    new Option("--only <candidates>", `comma-separated list of ${names.join(", ")}`)
      .argParser(commaListOf(names))
      .default(four, four.join(",")),
  )
  .addOption(
    new Option("--n <counts>", "comma-separated numbers of registrations")
      .argParser((text) => text.split(",").map(positive))
      .default([1, 100, 1000], "1,100,1000"),
  )
  .option("--runs <count>", "interleaved runs of each candidate", positive, 3)
  .option("--latency <ms>", "the server's delay before each response", positive, 2)
  .option("--json <file>", "a file for the figures of each run as JSON")
  .allowExcessArguments(false)
  .parse()
  .opts<{ only: string[]; n: number[]; runs: number; latency: number; json?: string }>();

const results: Run[] = [];
await withTemporaryDirectory(async (directory, signal) => {
  const cli = only.some((name) => name !== "restapi") ? await ensurePulumiCli() : undefined;
  const openTofu = only.includes("restapi") ? await ensureOpenTofu() : undefined;
  const tarball = packTarball(directory);
  const entries = Object.entries(candidates).filter(([name]) => only.includes(name));
  const projects = entries.map(([name, candidate]) => {
    const path = join(directory, name);
    mkdirSync(path);
    const project = candidate.createProject({ directory: path, tarball, cli, openTofu });
    return { name, candidate, project };
  });
  const servers: Server[] = [];
  try {
    const accounts = only.includes("accounts") ? Math.max(...n) : 1;
    for (let i = 0; i < accounts; i++) servers.push(await startServer(`account-${i}`, latency));
    for (const count of n) {
      for (let run = 0; run < runs; run++) {
        // Rotate the order, so that other load on the machine affects all of them.
        const first = run % projects.length;
        const rotated = [...projects.slice(first), ...projects.slice(0, first)];
        for (const { name, candidate, project } of rotated) {
          const used = servers.slice(0, candidate.inAccounts ? count : 1);
          const { idle } = candidate;
          const outcome = await runRound(project, used, count, { idle, signal }).catch(
            (error: Error) => ({ failure: error.message }),
          );
          signal.throwIfAborted();
          results.push({ n: count, candidate: name, outcome });
          const what = "failure" in outcome ? outcome.failure : `up ${outcome.up?.toFixed(2)} s`;
          process.stderr.write(`${count} × ${name}, run ${run + 1}: ${what}\n`);
        }
      }
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" });
  console.log(
    `${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0]?.model}, ${type()} ` +
      `${release()}; pulumi-vcc ${commit.trim()}, Node.js ${process.versions.node}, Pulumi CLI ` +
      `${cli?.version}. Medians of ${runs} interleaved runs, and in parentheses the ratio of ` +
      `pulumi-vcc's to them. The server responds after ${latency} ms.\n`,
  );
  console.log(toMarkdown(results, (name) => candidates[name]?.title ?? name));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  if (results.some(({ outcome }) => "failure" in outcome)) process.exitCode = 1;
});
