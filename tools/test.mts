/**
 * `npm test`: builds the package, provides what the tests need besides Node.js, and runs the tests that a
 * change of this project can break; `--all` adds those of the nightly run. Tests whose requirements are missing
 * are skipped with a warning. If `CI` is set on Linux, it installs missing Debian packages, and fails if something
 * is still missing. Other arguments are passed to Jest, which then selects among all tests.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { packTarball } from "./installation.mts";
import { ensureOldestSdk } from "./oldest-sdk.mts";
import { ensurePulumiCli, environmentWith, executable, type PulumiCli } from "./pulumi-cli.mts";

const root = dirname(import.meta.dirname);
const requiresAll = process.env.CI && process.platform === "linux";

const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-test-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
/** `test/counts.ts` and the CLI below append a line of JSON for each count; the reporter prints the sums. */
const counts = join(directory, "counts.jsonl");
process.env.PULUMI_VCC_TEST_COUNTS = counts;
writeFileSync(counts, "");

run("npm", ["run", "--silent", "build"], process.env);
// Packing takes seconds, and most tests install the tarball.
process.env.PULUMI_VCC_TARBALL ??= packTarball(directory);

const args = process.argv.slice(2).filter((argument) => argument !== "--all");
const runsAll = args.length > 0 || process.argv.includes("--all");
/** The Jest projects that do not run. */
const ignored = new Set(runsAll ? [] : ["nightly", "oldest SDK"]);

const cli = await ensurePulumiCli().catch((error: Error) => {
  skipOrFail(error.message, ["engine", "end to end", "ci examples", "nightly", "oldest SDK"]);
});
if (cli) console.log(`Pulumi CLI ${cli.version} in ${cli.directory}`);
if (!ignored.has("oldest SDK")) {
  process.env.PULUMI_VCC_OLDEST_SDK = await ensureOldestSdk().catch((error: Error) => {
    skipOrFail(error.message, ["oldest SDK"]);
    return "";
  });
}
for (const { program, debianPackage, projects } of [
  { program: "go", debianPackage: "golang", projects: ["ci examples", "nightly"] },
  { program: "gh", debianPackage: "gh", projects: ["ci examples"] },
  { program: "zip", debianPackage: "zip", projects: ["ci examples"] },
  { program: "tinyproxy", debianPackage: "tinyproxy", projects: ["network"] },
  { program: "redis-server", debianPackage: "redis-server", projects: ["stores"] },
  { program: "pg_ctlcluster", debianPackage: "postgresql", projects: ["stores", "nightly"] },
  { program: "chromium", debianPackage: "chromium", projects: ["browser"] },
]) {
  if (projects.every((project) => ignored.has(project))) continue;
  if (!isInstalled(program) && requiresAll) installDebianPackage(debianPackage);
  if (!isInstalled(program)) skipOrFail(`${program} is not installed.`, projects);
}

run(
  process.execPath,
  [
    "node_modules/jest/bin/jest.js",
    ...args,
    ...(ignored.size > 0 ? ["--ignoreProjects", ...ignored] : []),
  ],
  cli ? countingEnvironment(cli) : process.env,
);

/** Its `pulumi` counts each call, and whether that starts the engine, before it becomes the real one. */
function countingEnvironment(cli: PulumiCli): NodeJS.ProcessEnv {
  const environment = environmentWith(cli);
  if (process.platform === "win32") return environment;
  const bin = join(directory, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "pulumi"),
    `#!/bin/sh
echo '{"name":"CLI calls","number":1}' >> ${counts}
case " $* " in
*" up "* | *" preview "* | *" refresh "* | *" destroy "*)
  echo '{"name":"engine starts","number":1}' >> ${counts}
esac
exec ${join(cli.directory, "pulumi")} "$@"
`,
    { mode: 0o755 },
  );
  return { ...environment, PATH: `${bin}${delimiter}${environment.PATH}` };
}

function isInstalled(program: string): boolean {
  const directories = (process.env.PATH ?? "").split(delimiter);
  return directories.some((directory) => existsSync(join(directory, executable(program))));
}

function installDebianPackage(name: string) {
  console.log(`Installing the Debian package ${name}`);
  spawnSync("apt-get", ["update", "--quiet"], { stdio: "ignore" });
  spawnSync("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", name], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function skipOrFail(what: string, projects: string[]) {
  console.error(what);
  if (requiresAll) process.exit(1);
  for (const project of projects) ignored.add(project);
  console.error(`\n*** SKIPPED: ${projects.join(" and ")}. ***\n`);
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv) {
  // On Windows, npm is a script of the shell.
  const shell = command === "npm" && process.platform === "win32";
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: "inherit", shell });
  if (status !== 0) process.exit(status ?? 1);
}
