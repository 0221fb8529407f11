/**
 * Finds a Pulumi CLI that can run TypeScript programs, or makes one: from the `PATH`, as the official
 * release, or built from its Go modules. What is made is kept in a per-user cache, keyed by version.
 *
 * As a program it prints the directory of the CLI, to be put first on the `PATH`.
 */
import { execFile, spawn } from "node:child_process";
import { access, chmod, copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import automation from "@pulumi/pulumi/automation/index.js";

export interface PulumiCli {
  version: string;
  /** Holds `pulumi` and its language host. */
  directory: string;
}

/** The newest CLI whose Go module can be had from the module proxy. */
const buildVersion = "3.255.0";
/** The last version of the Node.js language host that is a Go module; it runs today's SDK. */
const goModules = [
  {
    folder: "pulumi-cli",
    program: "pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${buildVersion}`,
  },
  {
    folder: "language-host",
    program: "pulumi-language-nodejs",
    module: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    linkerFlags: "",
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
    const place = join(cacheDirectory(), directory);
    if (await exists(place)) return { version, directory: join(place, "bin") };
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
  await promisify(execFile)("go", ["version"]).catch(() => {
    throw new Error("no Go there");
  });
  progress(
    `building the Pulumi CLI ${buildVersion} from its Go modules, once: ` +
      "about 4 minutes on 2 cores, and 3 GB in Go's caches",
  );
  for (const { folder, program, module, linkerFlags } of goModules) {
    await build(folder, join(root, "bin", executable(program)), module, linkerFlags);
  }
  const plugin = join(root, "bin", "pulumi-resource-pulumi-nodejs");
  await copyFile(join(import.meta.dirname, "pulumi-resource-pulumi-nodejs.cjs"), plugin);
  await chmod(plugin, 0o755);
}

async function build(folder: string, output: string, module: string, linkerFlags: string) {
  const start = performance.now();
  const elapsed = () => `${Math.round((performance.now() - start) / 1000)} s`;
  const ticking = setInterval(() => progress(`  still building ${folder} (${elapsed()})`), 30_000);
  try {
    const compiler = spawn(
      "go",
      ["build", "-trimpath", "-ldflags", `-s -w ${linkerFlags}`, "-o", output, module],
      {
        cwd: join(import.meta.dirname, folder),
        env: { ...process.env, CGO_ENABLED: "0" },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let complaints = "";
    compiler.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    const code = await new Promise((resolve, reject) => {
      compiler.once("error", reject).once("close", resolve);
    });
    if (code !== 0) {
      const last = complaints.trim().split("\n").at(-1);
      throw new Error(`go build of ${folder} failed: ${last}`);
    }
    progress(`  built ${folder} in ${elapsed()}`);
  } finally {
    clearInterval(ticking);
  }
}

/**
 * Works in a directory of its own and then moves it into place whole. Of two processes that do so at
 * once, the later one throws its own work away.
 */
async function makeInCache(name: string, make: (root: string) => Promise<void>): Promise<string> {
  const place = join(cacheDirectory(), name);
  await mkdir(dirname(place), { recursive: true });
  const workshop = await mkdtemp(`${place}.making-`);
  try {
    await mkdir(join(workshop, "bin"));
    await make(workshop);
    await rename(workshop, place).catch(async (error) => {
      if (!(await exists(place))) throw error;
    });
    return place;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** `PULUMI_VCC_CACHE`, or where the platform keeps what can be made again. */
function cacheDirectory(): string {
  const { PULUMI_VCC_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (PULUMI_VCC_CACHE) return PULUMI_VCC_CACHE;
  if (process.platform === "darwin") return join(homedir(), "Library/Caches/pulumi-vcc");
  return join(XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), ".cache"), "pulumi-vcc");
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function executable(program: string): string {
  return process.platform === "win32" ? `${program}.exe` : program;
}

function progress(line: string) {
  process.stderr.write(`${line}\n`);
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
