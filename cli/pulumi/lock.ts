import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseJson } from "../formats";

/**
 * The holder of the lock of a stack, if the backend is a directory of files. A preview takes no lock, and
 * no CLI command shows the locks in object storage or Pulumi Cloud.
 *
 * @param backend URL, like `file://~`
 * @param stack fully qualified name, like `organization/project/dev`
 * @param directory where the CLI runs
 */
export async function lockHolder(
  backend: string,
  stack: string,
  directory: string,
  platform = process.platform,
): Promise<string | undefined> {
  if (!backend.startsWith("file://")) return undefined;
  let path = decodeURIComponent(backend.slice("file://".length).replace(/\?.*$/, ""));
  if (platform === "win32") path = path.replace(/^\/(?=[a-z]:)/i, "");
  const root = path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(directory, path);
  const locks = join(root, ".pulumi/locks", stack);
  const files = await readdir(locks).catch(() => []);
  const lock = files.find((file) => file.endsWith(".json"));
  if (lock === undefined) return undefined;
  // The lock may have been released since.
  const text = await readFile(join(locks, lock), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { username, hostname, pid, timestamp } = (parseJson(text) ?? {}) as Record<string, unknown>;
  return username === undefined
    ? `an unknown user (${lock})`
    : `${username}@${hostname} (pid ${pid}) since ${timestamp}`;
}
