/**
 * `npm run compatibility`: runs pulumi-vcc with each package manager, and with several versions of Node.js, the
 * SDK and the Pulumi CLI, against the emulator. The tables go to standard output, with `--write` to
 * `docs/compatibility.md`, and the progress to standard error. It gets the versions from the npm registry once;
 * projects install from a registry on loopback.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import pLimit from "p-limit";
import { startEmulator } from "pulumi-vcc/emulator";
import { byVersion } from "../by-version.mts";
import { writePrograms } from "../package-managers.mts";
import { startPackageRegistry } from "../package-registry.mts";
import { ensurePulumiCli, executable, type PulumiCli } from "../pulumi-cli.mts";
import { runAsUser } from "../user-shell.mts";
import { attempt, type Outcome } from "./attempt.mts";
import { ensureNode, ensurePackage } from "./cached-package.mts";
import { type Candidate, type Combination, combinations, oldSdkVersion } from "./combinations.mts";
import { parseOptions } from "./options.mts";
import { createProject } from "./project.mts";
import { sentenceOf } from "./sentence.mts";
import { type Result, toMarkdown } from "./table.mts";

const documentPath = join(dirname(dirname(import.meta.dirname)), "docs/compatibility.md");
const { only, cli: directories, write } = parseOptions(process.argv);

const clis = directories.length > 0 ? directories.map(cliIn) : [await ensurePulumiCli()];
clis.sort((a, b) => byVersion(a.version, b.version));
const planned = combinations(only, clis as [PulumiCli, ...PulumiCli[]]);

const directory = mkdtempSync(join(tmpdir(), "compatibility-"));
// Ctrl-C also reaches the current commands.
for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, () => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(130);
  });
}
const registry = await startPackageRegistry();
const oldRegistry = await startPackageRegistry(
  await ensurePackage("@pulumi/pulumi", oldSdkVersion),
);
try {
  // Two at a time: a run waits for other processes most of its time.
  const limit = pLimit(2);
  const byInstallation = Map.groupBy(planned, (each) =>
    JSON.stringify([each.manager, each.layout, each.sdk]),
  );
  const results = await Promise.all(
    [...byInstallation.values()].map((group) => limit(() => runInstalled(group))),
  );
  const markdown = toMarkdown(new Date().toISOString().slice(0, 10), results.flat());
  console.log(markdown);
  if (write) writeTables(markdown);
} finally {
  await registry.close();
  await oldRegistry.close();
  rmSync(directory, { recursive: true, force: true });
}

/** Installs once, and runs all combinations there. */
async function runInstalled(group: readonly Combination[]): Promise<Result[]> {
  const [{ manager, layout, sdk }] = group as [Combination];
  const folder = mkdtempSync(join(directory, `${manager.name}-${layout}-`));
  const programs = join(folder, "programs");
  writePrograms(programs, manager, await nodeModulesOf(manager));
  const root = join(folder, "acme");
  const project = createProject(root, { manager, layout, sdk });
  const user = {
    directory: root,
    home: folder,
    programs: [programs],
    environment: (sdk === oldSdkVersion ? oldRegistry : registry).environment,
  };
  const asked = await runAsUser(`${manager.install.split(" ")[0]} --version`, user);
  // Warnings precede it.
  const managerVersion = asked.output.trim().split("\n").at(-1) ?? "";
  const installed = await runAsUser(manager.install, user);
  const failure: Outcome | undefined =
    installed.code === 0
      ? undefined
      : {
          result: "refused",
          problem: { command: manager.install, sentence: sentenceOf(installed.output, [root]) },
        };

  const results: Result[] = [];
  for (const combination of group) {
    const outcome = failure ?? (await run(combination));
    results.push({ ...combination, outcome, managerVersion });
    log(combination, outcome);
  }
  return results;

  async function run({ kind, node, cli }: Combination): Promise<Outcome> {
    project.write(kind);
    const emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
    try {
      return await attempt(project, {
        manager,
        emulator,
        home: mkdtempSync(join(folder, "home-")),
        programs: [programs, cli.directory, await ensureNode(node)],
        environment: user.environment,
      });
    } finally {
      await emulator.close();
    }
  }
}

async function nodeModulesOf({ package: name, version }: Candidate): Promise<string | undefined> {
  if (name === undefined || version === undefined) return undefined;
  return join(await ensurePackage(name, version), "node_modules");
}

function cliIn(path: string): PulumiCli {
  const program = resolve(path, executable("pulumi"));
  const version = execFileSync(program, ["version"], { encoding: "utf8" }).trim();
  return { version: version.replace("v", ""), directory: resolve(path) };
}

function log(combination: Combination, { result, problem }: Outcome): void {
  const { manager, layout, kind, node, sdk, cli } = combination;
  const versions = `Node.js ${node}, SDK ${sdk}, CLI ${cli.version}`;
  const reason = problem === undefined ? "" : `: ${problem.command}: ${problem.sentence}`;
  process.stderr.write(`${manager.title}, ${layout}, ${kind}, ${versions}: ${result}${reason}\n`);
}

/** Replaces what is between the markers. */
function writeTables(markdown: string): void {
  const [before, after] = readFileSync(documentPath, "utf8").split(
    /(?<=<!-- compatibility -->\n)[\s\S]*(?=<!-- \/compatibility -->)/,
  );
  writeFileSync(documentPath, `${before}${markdown}\n${after}`);
}
