import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { buildInCache, findInCache } from "../cache.mts";
import { executable } from "../pulumi-cli.mts";

/**
 * Gets a version of a package, with its dependencies, from the cache, otherwise from the npm registry. The
 * clone has only what its tests need.
 *
 * @returns the directory that contains `package-lock.json` and `node_modules`
 */
export async function ensurePackage(name: string, version: string): Promise<string> {
  const cached = `${name.replaceAll(/\W+/g, "-")}-${version}`;
  return (
    (await findInCache(cached)) ??
    buildInCache(cached, async (directory) => {
      const args = ["install", "--prefix", directory, "--ignore-scripts", `${name}@${version}`];
      // On Windows, npm is a script of the shell.
      const shell = process.platform === "win32";
      execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"], shell });
    })
  );
}

/** @returns the directory that contains the program `node` */
export async function ensureNode(version: string): Promise<string> {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = join(await ensurePackage(name, version), "node_modules", name);
  return executable("node") === "node" ? join(folder, "bin") : folder;
}
