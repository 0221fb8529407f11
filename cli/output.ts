import { stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import writeFileAtomic from "write-file-atomic";

/** The signals that end a command. `SIGHUP`: its terminal was closed. */
export const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

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

export interface ConfirmOptions {
  /** Ends the question, as a signal to the process does. */
  signal?: AbortSignal | undefined;
  /** @default standard input */
  input?: NodeJS.ReadableStream;
  /** @default standard error */
  output?: NodeJS.WritableStream;
}

/** Asks on the terminal. The end of the input, Ctrl-C and a signal to the process mean no. */
export async function confirm(
  question: string,
  { signal, input = process.stdin, output = process.stderr }: ConfirmOptions = {},
): Promise<boolean> {
  const terminal = createInterface({ input, output });
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  terminal.once("close", stop);
  // In raw mode, Ctrl-C sends no signal.
  terminal.once("SIGINT", () => process.emit("SIGINT"));
  for (const name of stopSignals) process.on(name, stop);
  try {
    const ends = AbortSignal.any([stopped.signal, ...(signal === undefined ? [] : [signal])]);
    const answer = await terminal.question(`${question} [y/N] `, { signal: ends });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    // The next line of the terminal.
    output.write("\n");
    return false;
  } finally {
    for (const name of stopSignals) process.off(name, stop);
    terminal.close();
  }
}
