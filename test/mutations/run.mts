/**
 * Plants each mistake of `mutations.mts` in turn, runs the tests of its room until one fails, and prints which
 * mistakes they caught. It takes about a minute for each; a repeated run continues.
 *
 *   npm run mutations -- [--check] [--all] [--room <room>] [--results <file>]
 *
 * Run it in a clone of its own, since it edits the sources. It restores them, unless it is killed: then run
 * `git checkout .`.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";
import { ensurePulumiCli, environmentWith } from "../../tools/pulumi-cli.mts";
import { type Mutation, mutations, roomOf, rooms } from "./mutations.mts";

const root = dirname(dirname(import.meta.dirname));
const { values: options } = parseArgs({
  options: {
    /** Only checks that every mistake can be planted. */
    check: { type: "boolean", default: false },
    /** Also plants what only `npm run test:all` has to catch. */
    all: { type: "boolean", default: false },
    room: { type: "string" },
    results: { type: "string", default: join(root, "mutations.jsonl") },
  },
});

const problems = [...mutations.flatMap(problemOf), ...missingTests()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${mutations.length} mistakes can be planted.`);
if (options.check) process.exit();

const environment = environmentWith(await ensurePulumiCli());
/** More than the slowest tests of a room take: a mistake may make them wait forever. */
const timeoutMs = 30 * 60_000;
/** Paths of tests that fail with a mistake, and pass without one. */
const sound = new Set<string>();
const done = new Set(readResults().map(({ id }) => id));
if (run("npm", ["run", "--silent", "build"]) !== 0) throw new Error("The build failed.");
for (const mutation of mutations) {
  const { id } = mutation;
  const room = roomOf(mutation);
  if (done.has(id) || (options.room !== undefined && room !== options.room)) continue;
  if (mutation.run === "test:all" && !options.all) continue;
  const startedAtMs = Date.now();
  const { test = [], all = [] } = rooms[room] ?? {};
  const paths = mutation.run === "test" ? test : [...test, ...all];
  const caughtBy = planted(mutation, () => paths.find((path) => !passes(path)));
  if (caughtBy !== undefined && !sound.has(caughtBy)) {
    if (!passes(caughtBy)) throw new Error(`${caughtBy} fails without a mistake.`);
    sound.add(caughtBy);
  }
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  appendFileSync(options.results, `${JSON.stringify({ id, caughtBy, seconds })}\n`);
  const verdict = caughtBy === undefined ? "MISSED" : `caught by ${caughtBy}`;
  console.log(`${id}: ${verdict} (${seconds} s). ${mutation.effect}`);
}
const missed = readResults().filter(({ caughtBy }) => caughtBy === undefined);
console.log(`${missed.length} missed${missed.map(({ id }) => `\n  ${id}`).join("")}`);
process.exitCode = missed.length > 0 ? 1 : 0;

function problemOf({ id, file, from, to }: Mutation): string[] {
  const count = readFileSync(join(root, file), "utf8").split(from).length - 1;
  return [
    ...(count === 1 ? [] : [`${id}: ${file} contains its text ${count} times, not once`]),
    ...(from === to ? [`${id}: it changes nothing`] : []),
    ...(mutations.filter((other) => other.id === id).length > 1 ? [`${id}: not unique`] : []),
  ];
}

function missingTests(): string[] {
  const paths = Object.values(rooms).flatMap(({ test, all }) => [...test, ...all]);
  const missing = [...new Set(paths)].filter((path) => !existsSync(join(root, path)));
  return missing.map((path) => `${path} does not exist`);
}

function readResults(): Array<{ id: string; caughtBy?: string }> {
  if (!existsSync(options.results)) return [];
  const lines = readFileSync(options.results, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/** The result of a function while the sources, and what is built of them, contain a mistake. */
function planted<Result>({ file, from, to }: Mutation, use: () => Result): Result {
  const source = join(root, file);
  const built = join(root, "dist", file.replace(/\.ts$/, ".js"));
  const originals = [source, built]
    .filter((path) => existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
  const mistaken = readFileSync(source, "utf8").replace(from, () => to);
  try {
    for (const { path } of originals) {
      writeFileSync(
        path,
        path.endsWith(".js") && file.endsWith(".ts") ? compile(mistaken) : mistaken,
      );
    }
    run("npm", ["run", "--silent", "bundle"]);
    return use();
  } finally {
    for (const { path, text } of originals) writeFileSync(path, text);
    run("npm", ["run", "--silent", "bundle"]);
  }
}

/** As the build does, but without types. */
function compile(text: string): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      rewriteRelativeImportExtensions: true,
    },
  });
  return outputText;
}

function passes(path: string): boolean {
  const jest = [
    "node_modules/jest/bin/jest.js",
    "--bail",
    "--forceExit",
    "--ignoreProjects",
    "oldest SDK",
    "--testPathPatterns",
    path,
  ];
  return run(process.execPath, jest) === 0;
}

function run(command: string, args: string[]): number | null {
  const settings = { cwd: root, env: environment, stdio: "ignore", timeout: timeoutMs } as const;
  return spawnSync(command, args, { ...settings, killSignal: "SIGKILL" }).status;
}
