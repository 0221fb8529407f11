import { appendFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What all provider processes of one engine operation have registered. Each account object has a
 * process of its own: without this, a resource that is renamed and moved to another one would be
 * registered by one process and reset by the other.
 */
export interface EngineRun {
  announce(region: string, name: string): Promise<void>;
  hasRegistered(region: string, name: string): Promise<boolean>;
}

/** Addresses are used again: what is older belongs to an operation before this one. */
const longestRunMs = 3_600_000;

/**
 * @param address where the engine listens: the same for all processes of one operation
 * @param directory where the processes meet: a file per operation, removed by a later one
 */
export function createEngineRun(
  address: string,
  now: () => number,
  directory = join(tmpdir(), `pulumi-vcc-${process.getuid?.() ?? "runs"}`),
): EngineRun {
  const file = join(directory, `${address.replace(/[^\w.-]/g, "_")}.jsonl`);
  let opened: Promise<void> | undefined;

  async function open(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now() }));
      if (now() - mtimeMs > longestRunMs) await rm(path, { force: true });
    }
  }

  return {
    async announce(region, name) {
      try {
        opened ??= open();
        await opened;
        await appendFile(file, `${JSON.stringify([region, name, now()])}\n`, { mode: 0o600 });
      } catch {
        // Without a place to meet, each process knows of itself alone, which is most of it.
      }
    },
    async hasRegistered(region, name) {
      const text = await readFile(file, "utf8").catch(() => "");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .some((line) => line[0] === region && line[1] === name && now() - line[2] < longestRunMs);
    },
  };
}
