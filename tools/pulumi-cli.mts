/**
 * Provides a Pulumi CLI that can run TypeScript programs: from the `PATH`, otherwise the official release,
 * otherwise a build from its Go modules. Downloads and builds are cached per user and version.
 *
 * Run as a program, it prints the directory of the CLI, to be added to the front of the `PATH`.
 */
import { chmod, copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import automation from "@pulumi/pulumi/automation/index.js";
import { buildInCache, exists, findInCache } from "./cache.mts";
import { buildGoProgram, progress, requireGo } from "./go-program.mts";

export interface PulumiCli {
  version: string;
  /** The directory that contains `pulumi` and its language host. */
  directory: string;
}

/** The newest CLI whose Go module is available from the module proxy. */
const buildVersion = "3.255.0";
/** Includes the last Node.js language host that was published as a Go module. It works with the current SDK. */
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

/** Where a CLI comes from if there is none on the `PATH`. Each is cached in a directory named after its version. */
const sources = [
  {
    name: "download of the official release",
    version: sdkVersion(),
    directory: `release-${sdkVersion()}`,
    install: downloadRelease,
  },
  {
    name: "build from the Go modules",
    version: buildVersion,
    directory: `build-${buildVersion}`,
    install: buildGoModules,
  },
];

/** @throws an Error that lists all three sources and why each failed */
export async function ensurePulumiCli(): Promise<PulumiCli> {
  const reasons: string[] = [];
  const recordFailure = (name: string) => (error: Error) => {
    reasons.push(`  ${name}: ${error.message.split("\n")[0]}`);
    return undefined;
  };
  const found = await fromPath().catch(recordFailure("pulumi on the PATH"));
  if (found) return found;

  for (const { version, directory } of sources) {
    const path = await findInCache(directory);
    if (path) return { version, directory: join(path, "bin") };
  }
  for (const { name, version, directory, install } of sources) {
    const path = await buildInCache(directory, install).catch(recordFailure(name));
    if (path) return { version, directory: join(path, "bin") };
  }
  throw new Error(
    `The Pulumi CLI was not found, and could not be downloaded or built:\n${reasons.join("\n")}\n` +
      "Install the Pulumi CLI (https://www.pulumi.com/docs/install) or Go 1.25 or newer (https://go.dev/dl), " +
      "and try again.",
  );
}

/** An environment whose `PATH` begins with the CLI and with this Node.js. */
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
  throw new Error(`${program} was not found`);
}

function sdkVersion(): string {
  return createRequire(import.meta.url)("@pulumi/pulumi/package.json").version;
}

async function downloadRelease(root: string) {
  progress(`downloading the Pulumi CLI ${sdkVersion()} (first run only)`);
  await automation.PulumiCommand.install({ root });
}

async function buildGoModules(root: string) {
  await requireGo();
  progress(
    `building the Pulumi CLI ${buildVersion} from its Go modules (first run only): ` +
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

export function executable(program: string): string {
  return process.platform === "win32" ? `${program}.exe` : program;
}

if (process.argv[1] === import.meta.filename) {
  await ensurePulumiCli().then(
    ({ directory }) => console.log(directory),
    (error: Error) => {
      progress(error.message);
      process.exitCode = 1;
    },
  );
}
