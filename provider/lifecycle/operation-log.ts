import { appendFileSync } from "node:fs";
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isRunning, openUserDirectory } from "../config/user-directory";
import { regions } from "../contract/region";
import { userDirectory } from "../contract/user-directory";
import type { RegisteredName } from "./registered-name";

/**
 * Records what the provider processes of one engine operation have registered. Each `VccAccount`
 * has a process of its own: without the log, one process could reset a registration that another
 * one has just made, if a resource is renamed and moved to another `VccAccount` in one update.
 */
export interface OperationLog {
  record(name: RegisteredName): Promise<void>;
  /**
   * All names that running processes of this operation have recorded.
   *
   * @throws if the log is unusable or incomplete: nothing is known then
   */
  names(): Promise<RegisteredName[]>;
}

/** The first line of each process contains its ID only. */
type Line = [pid: number] | [pid: number, region: string, provider: string, account: string | null];

/** Files of operations that ended longer ago are removed. */
const maxFileAgeMs = 24 * 3_600_000;

/**
 * @param address where the engine listens: the same for all processes of an operation
 * @param directory holds one file for each operation
 */
export function createOperationLog(address: string, directory = userDirectory()): OperationLog {
  // Containers may share a home directory, but not the addresses in it.
  const operation = `${hostname()}-${address}`.replace(/[^\w.-]/g, "_");
  const file = join(directory, `${operation}.jsonl`);
  let opened: Promise<void> | undefined;
  let failure: unknown;

  async function open(): Promise<void> {
    await openUserDirectory(directory);
    await removeOldFiles(directory);
    append([process.pid]);
  }

  /** Synchronous: the line is short, and each registration writes one. */
  function append(line: Line): void {
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  function ensureOpen(): Promise<void> {
    opened ??= open();
    return opened;
  }

  return {
    async record({ region, provider, account }) {
      try {
        await ensureOpen();
        append([process.pid, region, provider, account ?? null]);
      } catch (error) {
        // Registering matters more. `names` throws, here and where the cause is the same.
        failure ??= error;
      }
    },
    async names() {
      await ensureOpen();
      if (failure !== undefined) throw failure;
      const lines = parseLines(await readFile(file, "utf8"));
      if (lines === undefined) throw new Error(`${file} is damaged`);
      if (!lines.some(([pid]) => pid === process.pid)) throw new Error(`${file} was replaced`);
      const running = runningProcesses(lines);
      return lines.flatMap(([pid, region, provider, account]) => {
        const known = regions.find((candidate) => candidate === region);
        // A process that has ended belonged to an earlier operation: the engine ends them together.
        if (known === undefined || provider === undefined || !running.has(pid)) return [];
        return [{ account: account ?? undefined, region: known, provider }];
      });
    },
  };
}

async function removeOldFiles(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (!name.endsWith(".jsonl") || Date.now() - mtimeMs < maxFileAgeMs) continue;
    const lines = parseLines(await readFile(path, "utf8").catch(() => "")) ?? [];
    // An operation may take days.
    if (runningProcesses(lines).size === 0) await rm(path, { force: true });
  }
}

/** `undefined` if one of the lines is not what `append` writes, or incomplete. */
function parseLines(text: string): Line[] | undefined {
  const lines = text.split("\n");
  if (lines.pop() !== "") return undefined;
  try {
    const parsed: unknown[] = lines.map((line) => JSON.parse(line));
    return parsed.every(isLine) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is Line {
  if (!Array.isArray(value) || !Number.isInteger(value[0])) return false;
  const [, region, provider, account] = value;
  if (value.length === 1) return true;
  return (
    value.length === 4 &&
    typeof region === "string" &&
    typeof provider === "string" &&
    (account === null || typeof account === "string")
  );
}

function runningProcesses(lines: readonly Line[]): Set<number> {
  return new Set([...new Set(lines.map(([pid]) => pid))].filter(isRunning));
}
