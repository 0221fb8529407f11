import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** How a project gets the package: as a link to this clone, or from the packed tarball. */
export type Installation = "clone" | "tarball";

const root = dirname(import.meta.dirname);

/**
 * Creates the `node_modules` that `npm install` would create in an empty project. It downloads nothing:
 * dependencies are links to those of this clone, which the lock file pins.
 */
export function install(directory: string, installation: Installation): void {
  const link = (name: string) => {
    const path = join(directory, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    const { installedSdk } = globalThis as { installedSdk?: string };
    const sdk = name === "@pulumi/pulumi" ? installedSdk : undefined;
    linkFolder(sdk ?? join(root, "node_modules", name), path);
  };
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  // Link the dependencies of the package, and those that `pulumi new` adds to a project.
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  for (const name of [...names, "typescript", "@types/node"]) link(name);
  const path = join(directory, "node_modules/pulumi-vcc");
  mkdirSync(join(directory, "node_modules/.bin"));
  symlinkSync("../pulumi-vcc/dist/cli/main.js", join(directory, "node_modules/.bin/pulumi-vcc"));
  if (installation === "clone") linkFolder(root, path);
  else unpackTarball(packTarball(directory), directory);
}

/** On Windows, only junctions need no privilege. */
function linkFolder(target: string, path: string): void {
  symlinkSync(target, path, "junction");
}

/** Unpacks only the package. Its dependencies must be in the `node_modules` of a parent directory. */
export function unpackTarball(tarball: string, directory: string): void {
  const path = join(directory, "node_modules/pulumi-vcc");
  mkdirSync(path, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", path, "--strip-components=1"]);
  chmodSync(join(path, "dist/cli/main.js"), 0o755);
}

/**
 * Packs the built package as it is published: without the fields of `package.json` that only a clone needs.
 * `PULUMI_VCC_TARBALL` is the path of a packed tarball to use instead, so that a release publishes the one
 * that was tested.
 *
 * @returns the path of the tarball
 */
export function packTarball(directory: string): string {
  const { PULUMI_VCC_TARBALL } = process.env;
  if (PULUMI_VCC_TARBALL) return resolve(root, PULUMI_VCC_TARBALL);
  const staging = mkdtempSync(join(tmpdir(), "pulumi-vcc-pack-"));
  try {
    for (const { path } of npmPack(root, "--dry-run").files) {
      cpSync(join(root, path), join(staging, path));
    }
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const field of onlyForClones) delete manifest[field];
    writeFileSync(join(staging, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    return join(directory, npmPack(staging, "--pack-destination", directory).filename);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** `private` keeps `npm publish` from packing the clone itself. */
const onlyForClones = [
  "private",
  "files",
  "scripts",
  "workspaces",
  "devDependencies",
  "allowScripts",
  "overrides",
];

function npmPack(cwd: string, ...options: string[]) {
  const args = ["pack", "--ignore-scripts", "--json", "--no-update-notifier", ...options];
  const output = execFileSync("npm", args, {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
    // On Windows, npm is a script of the shell.
    shell: process.platform === "win32",
  });
  const [packed]: Array<{ filename: string; files: Array<{ path: string }> }> = JSON.parse(output);
  if (packed === undefined) throw new Error("npm pack packed nothing");
  return packed;
}
