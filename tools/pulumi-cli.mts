/**
 * Finds a Pulumi CLI that can run TypeScript programs, or makes one: from the `PATH`, as the official
 * release, or built from its Go modules. What is made is kept in a per-user cache, keyed by version.
 *
 * As a program it prints the directory of the CLI, to be put first on the `PATH`.
 */
import { chmod, copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import automation from "@pulumi/pulumi/automation/index.js";
import { exists, findInCache, makeInCache } from "./cache.mts";
import { buildGoProgram, progress, requireGo } from "./go-program.mts";

export interface PulumiCli {
  version: string;
  /** Holds `pulumi` and its language host. */
  directory: string;
}

/** The newest CLI whose Go module can be had from the module proxy. */
const buildVersion = "3.255.0";
/** The last version of the Node.js language host that is a Go module; it runs today's SDK. */
const goPrograms = [
  {
    folder: "pulumi-cli",
    program: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${buildVersion}`,
  },
  {
    folder: "language-host",
    program: "pulumi-language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
];

/** The ways to a CLI of our own, each kept in a directory that its version names. */
const makings = [
  {
    name: "the official release, downloaded",
    version: sdkVersion(),
    directory: `release-${sdkVersion()}`,
    make: downloadRelease,
  },
  {
    name: "a build from the Go modules",
    version: buildVersion,
    directory: `build-${buildVersion}`,
    make: buildGoModules,
  },
];

/** @throws an Error that names all three ways and why each does not work here */
export async function findOrMakePulumiCli(): Promise<PulumiCli> {
  const reasons: string[] = [];
  const note = (name: string) => (error: Error) => {
    reasons.push(`  ${name}: ${error.message.split("\n")[0]}`);
    return undefined;
  };
  const found = await fromPath().catch(note("pulumi on the PATH"));
  if (found) return found;

  for (const { version, directory } of makings) {
    const place = await findInCache(directory);
    if (place) return { version, directory: join(place, "bin") };
  }
  for (const { name, version, directory, make } of makings) {
    const place = await makeInCache(directory, make).catch(note(name));
    if (place) return { version, directory: join(place, "bin") };
  }
  throw new Error(
    `There is no Pulumi CLI, and none could be made:\n${reasons.join("\n")}\n` +
      "Install it (https://www.pulumi.com/docs/install) or Go 1.25 (https://go.dev/dl), and try again.",
  );
}

/** The environment in which programs find the CLI, and a Node.js that is no older than this one. */
export function environmentWith({ directory }: PulumiCli): NodeJS.ProcessEnv {
  const path = [directory, dirname(process.execPath), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path };
}

async function fromPath(): Promise<PulumiCli> {
  const directory = await directoryOnPath("pulumi");
  const languageHost = "pulumi-language-nodejs";
  if (!(await exists(join(directory, executable(languageHost)))))
    await directoryOnPath(languageHost);
  const { version } = await automation.PulumiCommand.get();
  return { version: String(version), directory };
}

async function directoryOnPath(program: string): Promise<string> {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    if (await exists(join(directory, executable(program)))) return directory;
  }
  throw new Error(`no ${program} there`);
}

function sdkVersion(): string {
  return createRequire(import.meta.url)("@pulumi/pulumi/package.json").version;
}

async function downloadRelease(root: string) {
  progress(`downloading the Pulumi CLI ${sdkVersion()}, once`);
  await automation.PulumiCommand.install({ root });
}

async function buildGoModules(root: string) {
  await requireGo();
  progress(
    `building the Pulumi CLI ${buildVersion} from its Go modules, once: ` +
      "about 4 minutes on 2 cores, and 3 GB in Go's caches",
  );
  for (const { folder, program, ...build } of goPrograms) {
    await buildGoProgram({
      ...build,
      folder: join(import.meta.dirname, folder),
      output: join(root, "bin", executable(program)),
    });
  }
  const plugin = join(root, "bin", "pulumi-resource-pulumi-nodejs");
  await copyFile(join(import.meta.dirname, "pulumi-resource-pulumi-nodejs.cjs"), plugin);
  await chmod(plugin, 0o755);
}

function executable(program: string): string {
  return process.platform === "win32" ? `${program}.exe` : program;
}

if (process.argv[1] === import.meta.filename) {
  await findOrMakePulumiCli().then(
    ({ directory }) => console.log(directory),
    (error: Error) => {
      progress(error.message);
      process.exitCode = 1;
    },
  );
}
