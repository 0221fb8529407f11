/**
 * `npm run bench`: compares pulumi-vcc with the alternatives, in one run on one machine. The tables go to
 * standard output, the progress to standard error. It exits with 1 if a run failed, and with 130 if it was
 * interrupted.
 */
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../tools/cache.mts";
import { packTarball } from "../tools/installation.mts";
import { ensurePulumiCli } from "../tools/pulumi-cli.mts";
import { type Candidate, createCandidates, type Engines } from "./candidates.mts";
import { measureImport } from "./import-time.mts";
import { describeMachine, type Machine } from "./machine.mts";
import { type Run, summarize } from "./metrics.mts";
import { ensureOpenTofuTools } from "./opentofu-tools.mts";
import { parseOptions } from "./options.mts";
import type { Project } from "./project.mts";
import { runRound } from "./round.mts";
import { isSelected, needsOpenTofu, needsPulumi } from "./selection.mts";
import { type Server, startServer } from "./server.mts";
import { toMarkdown } from "./table.mts";
import { withTemporaryDirectory } from "./temporary-directory.mts";
import { clientSecret } from "./workload.mts";

interface Entry {
  candidate: Candidate;
  project: Project;
}

const { only, counts, runs: repetitions, latencyMs, json } = parseOptions(process.argv);
if (json !== undefined) await requireWritable(json);
const cli = needsPulumi(only) ? await ensurePulumiCli() : undefined;
const openTofu = needsOpenTofu(only) ? await ensureOpenTofuTools() : undefined;

const runs: Run[] = [];
await withTemporaryDirectory(async (directory, signal) => {
  const engines: Engines = {
    ...(cli && { pulumi: { cli, tarball: packTarball(directory) } }),
    ...(openTofu && { openTofu }),
  };
  const machine = describeMachine(engines, { latencyMs, runs: repetitions });
  const candidates = createCandidates(only, engines);
  const server = await startServer(clientSecret, latencyMs);
  try {
    const entries: Entry[] = [];
    for (const candidate of candidates) {
      const path = join(directory, candidate.name);
      await mkdir(path);
      entries.push({ candidate, project: candidate.createProject({ directory: path, server }) });
    }
    if (isSelected("vcc", only)) {
      for (const time of await measureImport(join(directory, "vcc"), signal)) {
        runs.push({ candidate: "vcc", n: 0, outcome: { figures: { import: time } } });
      }
    }
    for (const n of counts) {
      for (let repetition = 0; repetition < repetitions; repetition++) {
        // Interleave the candidates and rotate their order, so that other load on the machine affects all of
        // them.
        const first = repetition % entries.length;
        for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
          await run(entry, n, repetition, server, signal);
        }
      }
      // Save after each count, so that an interruption does not lose earlier figures.
      if (json !== undefined) await save(json, machine);
    }
  } finally {
    await server.close();
  }
  console.log(toMarkdown(machine, candidates, summarize(runs)));
  if (runs.some(({ outcome }) => "failure" in outcome)) process.exitCode = 1;
});

async function run(
  { candidate, project }: Entry,
  n: number,
  repetition: number,
  server: Server,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now();
  const outcome = await runRound(candidate, project, server, n, signal).then(
    (figures) => ({ figures }),
    (error: Error) => ({ failure: error.message }),
  );
  signal.throwIfAborted();
  runs.push({ candidate: candidate.name, n, outcome });
  const seconds = Math.round((performance.now() - start) / 1000);
  const failure = "failure" in outcome ? `: ${outcome.failure}` : "";
  log(`${n} × ${candidate.name}, run ${repetition + 1}: ${seconds} s${failure}`);
}

/**
 * Exits at once if the file is not writable, rather than after an hour. Keeps the file's content until there
 * are figures.
 */
async function requireWritable(file: string): Promise<void> {
  const existed = await exists(file);
  await appendFile(file, "").catch((error) => {
    log(`cannot write ${file} (${error.code}); choose another --json`);
    process.exit(1);
  });
  if (!existed) await rm(file);
}

/** Does not exit if this fails, so that the tables are still printed. */
async function save(file: string, machine: Machine): Promise<void> {
  const text = `${JSON.stringify({ machine, results: summarize(runs) }, null, 2)}\n`;
  await writeFile(file, text).catch((error) => {
    log(`cannot write ${file} (${error.code})`);
    process.exitCode = 1;
  });
}

function log(line: string) {
  process.stderr.write(`${line}\n`);
}
