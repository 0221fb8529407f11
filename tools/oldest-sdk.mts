import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildInCache, findInCache } from "./cache.mts";

/**
 * Gets the lowest version of `@pulumi/pulumi` that `peerDependencies` admits, with its dependencies and this
 * clone's TypeScript: from the cache, otherwise from the npm registry.
 *
 * @returns the directory `node_modules` that contains it
 */
export async function ensureOldestSdk(): Promise<string> {
  const manifest = join(dirname(import.meta.dirname), "package.json");
  const { peerDependencies, devDependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  const version = peerDependencies["@pulumi/pulumi"].replace("^", "");
  const packages = [
    `@pulumi/pulumi@${version}`,
    `typescript@${devDependencies.typescript}`,
    `ts-node@${devDependencies["ts-node"]}`,
  ];
  const name = `sdk-${version}`;
  const install = async (directory: string) => {
    const args = ["install", "--prefix", directory, "--ignore-scripts", ...packages];
    // On Windows, npm is a script of the shell.
    const shell = process.platform === "win32";
    execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"], shell });
  };
  return join((await findInCache(name)) ?? (await buildInCache(name, install)), "node_modules");
}
