/**
 * `npm run bench`: pulumi-vcc against what a user would pick instead, in one run on one machine. The
 * table goes to standard output, what happens meanwhile to standard error. It exits with 1 when any
 * run failed, and with 130 when it was interrupted.
 */
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../tools/cache.mts";
import { packTarball } from "../tools/installation.mts";
import { findOrMakePulumiCli } from "../tools/pulumi-cli.mts";
import { type Contestant, createContestants, type Engines } from "./contestants.mts";
import { measureImport } from "./import-time.mts";
import { describeMachine, type Machine } from "./machine.mts";
import { type Run, summarize } from "./metrics.mts";
import { parseOptions } from "./options.mts";
import { findOrMakePeers } from "./peers.mts";
import type { Project } from "./project.mts";
import { runRound } from "./round.mts";
import { isSelected, needsOpenTofu, needsPulumi } from "./selection.mts";
import { type Server, startServer } from "./server.mts";
import { toMarkdown } from "./table.mts";
import { clientSecret } from "./workload.mts";
import { inWorkshop } from "./workshop.mts";

interface Turn {
  contestant: Contestant;
  project: Project;
}

const { only, counts, runs: repetitions, latencyMs, json } = parseOptions(process.argv);
if (json !== undefined) await requireWritable(json);
const cli = needsPulumi(only) ? await findOrMakePulumiCli() : undefined;
const peers = needsOpenTofu(only) ? await findOrMakePeers() : undefined;

const runs: Run[] = [];
await inWorkshop(async (directory, signal) => {
  const engines: Engines = {
    ...(cli && { pulumi: { cli, tarball: packTarball(directory) } }),
    ...(peers && { peers }),
  };
  const machine = describeMachine(engines, { latencyMs, runs: repetitions });
  const contestants = createContestants(only, engines);
  const server = await startServer(clientSecret, latencyMs);
  try {
    const turns: Turn[] = [];
    for (const contestant of contestants) {
      const place = join(directory, contestant.name);
      await mkdir(place);
      turns.push({ contestant, project: contestant.createProject({ directory: place, server }) });
    }
    if (isSelected("vcc", only)) {
      for (const time of await measureImport(join(directory, "vcc"), signal)) {
        runs.push({ contestant: "vcc", n: 0, outcome: { figures: { import: time } } });
      }
    }
    for (const n of counts) {
      for (let repetition = 0; repetition < repetitions; repetition++) {
        // In turns, and each time another one first: what else the machine does slows all.
        const first = repetition % turns.length;
        for (const turn of [...turns.slice(first), ...turns.slice(0, first)]) {
          await run(turn, n, repetition, server, signal);
        }
      }
      // After each count: an hour's figures are not lost with the next hour.
      if (json !== undefined) await save(json, machine);
    }
  } finally {
    await server.close();
  }
  console.log(toMarkdown(machine, contestants, summarize(runs)));
  if (runs.some(({ outcome }) => "failure" in outcome)) process.exitCode = 1;
});

async function run(
  { contestant, project }: Turn,
  n: number,
  repetition: number,
  server: Server,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now();
  const outcome = await runRound(contestant, project, server, n, signal).then(
    (figures) => ({ figures }),
    (error: Error) => ({ failure: error.message }),
  );
  signal.throwIfAborted();
  runs.push({ contestant: contestant.name, n, outcome });
  const seconds = Math.round((performance.now() - start) / 1000);
  const failure = "failure" in outcome ? `: ${outcome.failure}` : "";
  say(`${n} × ${contestant.name}, run ${repetition + 1}: ${seconds} s${failure}`);
}

/** Ends the process when it is not: better now than after an hour. What is there stays until there are figures. */
async function requireWritable(file: string): Promise<void> {
  const existed = await exists(file);
  await appendFile(file, "").catch((error) => {
    say(`cannot write ${file} (${error.code}); give another --json`);
    process.exit(1);
  });
  if (!existed) await rm(file);
}

/** The table is still to come: no reason to end. */
async function save(file: string, machine: Machine): Promise<void> {
  const text = `${JSON.stringify({ machine, results: summarize(runs) }, null, 2)}\n`;
  await writeFile(file, text).catch((error) => {
    say(`cannot write ${file} (${error.code})`);
    process.exitCode = 1;
  });
}

function say(line: string) {
  process.stderr.write(`${line}\n`);
}
