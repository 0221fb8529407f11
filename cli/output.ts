import { stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import writeFileAtomic from "write-file-atomic";

/** Writes to standard output. The reader may close the pipe early, as `head` does. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once("error", () => {});
    process.stdout.write(text, (error?: NodeJS.ErrnoException | null) =>
      error && error.code !== "EPIPE" ? reject(error) : resolve(),
    );
  });
}

/** Columns of the terminal that standard output is. Unlimited otherwise, as in a pipe. */
export function terminalWidth(): number {
  return process.stdout.columns || Number.POSITIVE_INFINITY;
}

/** Replaces a file atomically, but writes to a special file, like `/dev/stderr`. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  const isSpecial = existing !== undefined && !existing.isFile();
  await (isSpecial ? writeFile(file, text) : writeFileAtomic(file, text));
}

/** Asks on the terminal. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
