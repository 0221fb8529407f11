import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildInCache, findInCache } from "./cache.mts";

/**
 * Gets the lowest version of `@pulumi/pulumi` that `peerDependencies` admits, with its dependencies: from the
 * cache, otherwise from the npm registry.
 *
 * @returns the directory of the package
 */
export async function ensureOldestSdk(): Promise<string> {
  const manifest = join(dirname(import.meta.dirname), "package.json");
  const { peerDependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  const version = peerDependencies["@pulumi/pulumi"].replace("^", "");
  const name = `sdk-${version}`;
  const install = async (directory: string) => {
    const args = [
      "install",
      "--prefix",
      directory,
      "--ignore-scripts",
      `@pulumi/pulumi@${version}`,
    ];
    // On Windows, npm is a script of the shell.
    const shell = process.platform === "win32";
    execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"], shell });
  };
  const cached = (await findInCache(name)) ?? (await buildInCache(name, install));
  return join(cached, "node_modules/@pulumi/pulumi");
}
