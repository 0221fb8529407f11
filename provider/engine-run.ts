import { appendFileSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rm } from "node:fs/promises";
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
const longestRunMs = 600_000;

type Announcement = [region: string, name: string, atMs: number, pid: number];

/** The engine ends the processes of an operation with it: who is gone belonged to an earlier one. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Running, but somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

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

  /** @throws when the directory is not our own: others could make us leave or remove things */
  async function open(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await lstat(directory);
    const own = process.getuid === undefined || found.uid === process.getuid();
    if (!found.isDirectory() || !own) throw new Error(`${directory} is not our own directory`);
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: now() }));
      const old = name.endsWith(".jsonl") && now() - mtimeMs > longestRunMs;
      if (old) await rm(path, { force: true });
    }
  }

  function opening(): Promise<void> {
    opened ??= open();
    return opened;
  }

  async function announcements(): Promise<Announcement[]> {
    await opening();
    const lines = (await readFile(file, "utf8")).split("\n");
    // The last line is empty, or still being written.
    return lines.slice(0, -1).map((line) => JSON.parse(line));
  }

  return {
    async announce(region, name) {
      try {
        await opening();
        const announcement: Announcement = [region, name, now(), process.pid];
        // Too short to be worth a thread, and there is one for each registration.
        appendFileSync(file, `${JSON.stringify(announcement)}\n`, { mode: 0o600 });
      } catch {
        // Without a place to meet, each process knows of itself alone, which is most of it.
      }
    },
    async hasRegistered(region, name) {
      const known = await announcements().catch(() => []);
      return known.some(
        ([otherRegion, otherName, atMs, pid]) =>
          otherRegion === region &&
          otherName === name &&
          now() - atMs < longestRunMs &&
          isRunning(pid),
      );
    },
  };
}
