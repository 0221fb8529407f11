import { appendFileSync } from "node:fs";
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isRunning, openUserDirectory } from "../../provider/config/user-directory";
import { userDirectory } from "../../provider/contract/user-directory";

/** Remembers the names that runs have sent to VCC and not reset, since VCC cannot list or delete them. */
export interface Journal {
  /** What earlier runs in this account left, at most `maxEarlierNames`. Running ones are left alone. */
  readonly earlierNames: readonly string[];
  /** The number of names that earlier runs left beyond those. */
  readonly remaining: number;
  /** Must precede the first request with a name. Synchronous: a kill loses nothing. */
  note(name: string): void;
  /** Forgets this run and the earlier ones, except for the names that could not be reset. */
  close(notReset: readonly string[]): Promise<void>;
}

/** A run resets no more than this for earlier runs, so that its requests suffice. */
const maxEarlierNames = 15;
/** No run takes this long, so its process ID belongs to another process. Unit: milliseconds. */
const maxRunMs = 3_600_000;

/**
 * @param account identifies the account: names of other accounts are left alone
 * @throws Error if the directory is unusable
 */
export async function openJournal(
  account: string,
  run: string,
  directory = join(userDirectory(), "conformance"),
): Promise<Journal> {
  await openUserDirectory(directory);
  const file = join(directory, `${run}.jsonl`);
  const append = (line: unknown) =>
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  const noted = new Set<string>();
  const note = (name: string) => {
    if (noted.has(name)) return;
    if (noted.size === 0) append({ account, host: hostname(), pid: process.pid });
    append(name);
    noted.add(name);
  };

  const earlierFiles: string[] = [];
  const left = new Set<string>();
  for (const path of await filesIn(directory)) {
    const names = await namesLeft(path, account);
    if (names === undefined) continue;
    earlierFiles.push(path);
    for (const name of names) left.add(name);
  }
  const earlierNames = [...left].slice(0, maxEarlierNames);
  const remaining = [...left].slice(maxEarlierNames);

  return {
    earlierNames,
    remaining: remaining.length,
    note,
    async close(notReset) {
      // What is left moves to this run's file before the earlier files go.
      for (const name of [...notReset, ...remaining]) note(name);
      for (const path of earlierFiles) await rm(path, { force: true });
      if (notReset.length + remaining.length === 0) await rm(file, { force: true });
    },
  };
}

async function filesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.endsWith(".jsonl")).map((name) => join(directory, name));
}

/** `undefined` if the run has another account, or has not ended. */
async function namesLeft(path: string, account: string): Promise<string[] | undefined> {
  const [header, ...names] = parseLines(await readFile(path, "utf8").catch(() => ""));
  const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Date.now() }));
  const run = Object(header) as { account?: unknown; host?: unknown; pid?: unknown };
  if (run.account !== account || typeof run.pid !== "number") return undefined;
  const hasEnded = run.host === hostname() && !isRunning(run.pid);
  if (!hasEnded && Date.now() - mtimeMs < maxRunMs) return undefined;
  return names.filter((name) => typeof name === "string");
}

/** Ignores a line that a kill cut off: its name was not sent. */
function parseLines(text: string): unknown[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}
