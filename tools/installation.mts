import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where a program has the package from: a link to this clone, or the packed tarball, unpacked. */
export type Installation = "clone" | "tarball";

const root = dirname(import.meta.dirname);

/**
 * Gives an empty project the `node_modules` that `npm install` leaves. Nothing is fetched: dependencies
 * are links to those of this clone, which the lock file pins.
 */
export function install(directory: string, installation: Installation): void {
  const link = (name: string) => {
    const place = join(directory, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", name), place);
  };
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  // The tarball gets what its package.json declares, and the project what `pulumi new` adds.
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  for (const name of [...names, "typescript", "@types/node"]) link(name);
  const place = join(directory, "node_modules/pulumi-vcc");
  mkdirSync(join(directory, "node_modules/.bin"));
  symlinkSync("../pulumi-vcc/dist/cli/main.js", join(directory, "node_modules/.bin/pulumi-vcc"));
  if (installation === "clone") symlinkSync(root, place);
  else unpackTarball(packTarball(directory), directory);
}

/** Only the package; its dependencies have to be further up. */
export function unpackTarball(tarball: string, directory: string): void {
  const place = join(directory, "node_modules/pulumi-vcc");
  mkdirSync(place, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", place, "--strip-components=1"]);
  chmodSync(join(place, "dist/cli/main.js"), 0o755);
}

/** Packs what is built, as npm would publish it; returns the tarball's path. */
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
