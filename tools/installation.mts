import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

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
    const { installedSdk = name } = globalThis as { installedSdk?: string };
    const source = name === "@pulumi/pulumi" ? installedSdk : name;
    symlinkSync(join(root, "node_modules", source), path);
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
  if (installation === "clone") symlinkSync(root, path);
  else unpackTarball(packTarball(directory), directory);
}

/** Unpacks only the package. Its dependencies must be in the `node_modules` of a parent directory. */
export function unpackTarball(tarball: string, directory: string): void {
  const path = join(directory, "node_modules/pulumi-vcc");
  mkdirSync(path, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", path, "--strip-components=1"]);
  chmodSync(join(path, "dist/cli/main.js"), 0o755);
}

/**
 * Packs the built package as npm would publish it.
 *
 * @returns the path of the tarball
 */
export function packTarball(directory: string): string {
  const options = ["--ignore-scripts", "--json", "--no-update-notifier"];
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", ...options, "--pack-destination", directory], {
      cwd: root,
      encoding: "utf8",
      stdio: "pipe",
    }),
  );
  return join(directory, filename);
}
