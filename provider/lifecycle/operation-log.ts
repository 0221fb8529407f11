import { appendFileSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Records what the provider processes of one engine operation have registered. Each `VccAccount`
 * has a process of its own: without the log, one process could reset a registration that another
 * one has just made, if a resource is renamed and moved to another account object at once.
 */
export interface OperationLog {
  record(region: string, name: string): Promise<void>;
  hasRecorded(region: string, name: string): Promise<boolean>;
}

/** The operating system reuses addresses: older records belong to an earlier operation. */
const maxOperationMs = 600_000;

type Entry = [region: string, name: string, atMs: number, pid: number];

/**
 * The engine ends its processes with the operation: a process that is gone belonged to an earlier
 * one.
 */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs as another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * @param address where the engine listens: the same for all processes of an operation
 * @param directory holds one file for each operation; a later operation removes it
 */
export function createOperationLog(
  address: string,
  now: () => number,
  directory = join(tmpdir(), `pulumi-vcc-${process.getuid?.() ?? "operations"}`),
): OperationLog {
  const file = join(directory, `${address.replace(/[^\w.-]/g, "_")}.jsonl`);
  let opened: Promise<void> | undefined;

  /** @throws if another user owns the directory, who could add or remove entries */
  async function open(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await lstat(directory);
    const owned = process.getuid === undefined || found.uid === process.getuid();
    if (!found.isDirectory() || !owned) throw new Error(`${directory} belongs to another user`);
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: now() }));
      const outdated = name.endsWith(".jsonl") && now() - mtimeMs > maxOperationMs;
      if (outdated) await rm(path, { force: true });
    }
  }

  function ensureOpen(): Promise<void> {
    opened ??= open();
    return opened;
  }

  async function readEntries(): Promise<Entry[]> {
    await ensureOpen();
    const lines = (await readFile(file, "utf8")).split("\n");
    // The last line is empty or incomplete.
    return lines.slice(0, -1).map((line) => JSON.parse(line));
  }

  return {
    async record(region, name) {
      try {
        await ensureOpen();
        const entry: Entry = [region, name, now(), process.pid];
        // Synchronous: the line is short, and each registration writes one.
        appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      } catch {
        // Without a shared directory each process knows only its own registrations.
      }
    },
    async hasRecorded(region, name) {
      const entries = await readEntries().catch(() => []);
      return entries.some(
        ([otherRegion, otherName, atMs, pid]) =>
          otherRegion === region &&
          otherName === name &&
          now() - atMs < maxOperationMs &&
          isRunning(pid),
      );
    },
  };
}
