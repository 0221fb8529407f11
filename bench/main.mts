/**
 * `npm run bench`: pulumi-vcc against what a user would pick instead, in one run on one machine. The
 * table goes to standard output, what happens meanwhile to standard error. It exits with 1 when any
 * run failed.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findOrMakePulumiCli } from "../tools/pulumi-cli.mts";
import { createContestants } from "./contestants.mts";
import { measureImport } from "./import-time.mts";
import { describeMachine } from "./machine.mts";
import { type Run, summarize } from "./metrics.mts";
import { parseOptions } from "./options.mts";
import { findOrMakePeers } from "./peers.mts";
import { runRound } from "./round.mts";
import { needsOpenTofu, needsPulumi } from "./selection.mts";
import { startServer } from "./server.mts";
import { toMarkdown } from "./table.mts";
import { clientSecret } from "./workload.mts";

const { only, counts, runs: repetitions, latencyMs, json } = parseOptions(process.argv);
const engines = {
  ...(needsPulumi(only) && { cli: await findOrMakePulumiCli() }),
  ...(needsOpenTofu(only) && { peers: await findOrMakePeers() }),
};
const machine = describeMachine(engines, { latencyMs, runs: repetitions });
const directory = await mkdtemp(join(dirname(import.meta.dirname), ".bench-"));
const contestants = createContestants(only, engines);
const server = await startServer(clientSecret, latencyMs);
const runs: Run[] = [];

try {
  const projects = [];
  for (const contestant of contestants) {
    const place = join(directory, contestant.name);
    await mkdir(place);
    projects.push({ contestant, project: contestant.createProject({ directory: place, server }) });
    if (contestant.name === "vcc") {
      const figures = { import: await measureImport(place) };
      runs.push({ contestant: "vcc", n: 0, outcome: { figures } });
    }
  }
  for (const n of counts) {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      // In turns, and each time another one first: what else the machine does slows all.
      const first = repetition % projects.length;
      for (const { contestant, project } of [
        ...projects.slice(first),
        ...projects.slice(0, first),
      ]) {
        const start = performance.now();
        const outcome = await runRound(contestant, project, server, n).then(
          (figures) => ({ figures }),
          (error: Error) => ({ failure: error.message }),
        );
        runs.push({ contestant: contestant.name, n, outcome });
        const seconds = Math.round((performance.now() - start) / 1000);
        const failure = "failure" in outcome ? `: ${outcome.failure}` : "";
        say(`${n} × ${contestant.title}, run ${repetition + 1}: ${seconds} s${failure}`);
      }
    }
  }
} finally {
  await server.close();
  await rm(directory, { recursive: true, force: true });
}

const results = summarize(runs);
console.log(toMarkdown(machine, contestants, results));
if (json !== undefined) await writeFile(json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
if (runs.some(({ outcome }) => "failure" in outcome)) process.exitCode = 1;

function say(line: string) {
  process.stderr.write(`${line}\n`);
}
