/**
 * `npm run bench`: pulumi-vcc against what a user would pick instead, in one run on one machine. The
 * table goes to standard output, what happens meanwhile to standard error. It exits with 1 when any
 * run failed.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findOrMakePulumiCli } from "../tools/pulumi-cli.mts";
import { type Contestant, createContestants } from "./contestants.mts";
import { measureImport } from "./import-time.mts";
import { describeMachine } from "./machine.mts";
import { type Run, summarize } from "./metrics.mts";
import { parseOptions } from "./options.mts";
import { findOrMakePeers } from "./peers.mts";
import type { Project } from "./project.mts";
import { runRound } from "./round.mts";
import { isSelected, needsOpenTofu, needsPulumi } from "./selection.mts";
import { startServer } from "./server.mts";
import { toMarkdown } from "./table.mts";
import { clientSecret } from "./workload.mts";

interface Turn {
  contestant: Contestant;
  project: Project;
}

const { only, counts, runs: repetitions, latencyMs, json } = parseOptions(process.argv);
const engines = {
  ...(needsPulumi(only) && { cli: await findOrMakePulumiCli() }),
  ...(needsOpenTofu(only) && { peers: await findOrMakePeers() }),
};
const machine = describeMachine(engines, { latencyMs, runs: repetitions });
const contestants = createContestants(only, engines);
const runs: Run[] = [];

const interruption = new AbortController();
const { signal } = interruption;
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => interruption.abort());

const directory = await mkdtemp(join(dirname(import.meta.dirname), ".bench-"));
const server = await startServer(clientSecret, latencyMs);
try {
  const projects = [];
  for (const contestant of contestants) {
    const place = join(directory, contestant.name);
    await mkdir(place);
    projects.push({ contestant, project: contestant.createProject({ directory: place, server }) });
  }
  if (isSelected("vcc", only)) {
    const figures = { import: await measureImport(join(directory, "vcc")) };
    runs.push({ contestant: "vcc", n: 0, outcome: { figures } });
  }
  for (const n of counts) {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      // In turns, and each time another one first: what else the machine does slows all.
      const first = repetition % projects.length;
      for (const turn of [...projects.slice(first), ...projects.slice(0, first)]) {
        await run(turn, n, repetition);
        signal.throwIfAborted();
      }
    }
    if (json !== undefined) await save(json);
  }
  console.log(toMarkdown(machine, contestants, summarize(runs)));
  if (runs.some(({ outcome }) => "failure" in outcome)) process.exitCode = 1;
} catch (error) {
  if (!signal.aborted) throw error;
  say("interrupted");
  process.exitCode = 130;
} finally {
  await server.close();
  // What was interrupted may still be writing its last.
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
}

async function run({ contestant, project }: Turn, n: number, repetition: number): Promise<void> {
  const start = performance.now();
  const outcome = await runRound(contestant, project, server, n, signal).then(
    (figures) => ({ figures }),
    (error: Error) => ({ failure: error.message }),
  );
  runs.push({ contestant: contestant.name, n, outcome });
  const seconds = Math.round((performance.now() - start) / 1000);
  const failure = "failure" in outcome ? `: ${outcome.failure}` : "";
  say(`${n} × ${contestant.name}, run ${repetition + 1}: ${seconds} s${failure}`);
}

/** After each count: an hour's figures are not lost with the next hour. */
async function save(file: string): Promise<void> {
  await writeFile(file, `${JSON.stringify({ machine, results: summarize(runs) }, null, 2)}\n`);
}

function say(line: string) {
  process.stderr.write(`${line}\n`);
}
