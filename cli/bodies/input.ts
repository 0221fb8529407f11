import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { isatty } from "node:tty";
import { InputError } from "../errors";

const maxBytes = 1_000_000;
const extensions = [".json", ".yaml", ".yml", ".sh"];

/** A text to read requests or bodies from. */
export interface Input {
  /** How messages name it. */
  name: string;
  text: string;
}

/**
 * @param path a file, a folder, or `-` for standard input
 * @throws InputError if one cannot be read, is not UTF-8, or has more than 1 MB
 */
export function readInputs(path: string): Input[] {
  if (path === "-") {
    if (isatty(0))
      console.error("Paste the bodies or the script, then press Ctrl-D on a new line.");
    return [{ name: inputName(path), text: readText(inputName(path), 0) }];
  }
  return filesAt(path).map((file) => {
    const descriptor = attempt(file, () => openSync(file, "r"));
    try {
      return { name: file, text: readText(file, descriptor) };
    } finally {
      closeSync(descriptor);
    }
  });
}

/** How messages name a path. */
export function inputName(path: string): string {
  return path === "-" ? "standard input" : path;
}

function filesAt(path: string): string[] {
  return attempt(path, () => {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => extensions.includes(extname(name).toLowerCase()))
      .sort()
      .map((name) => join(path, name));
  });
}

function readText(name: string, descriptor: number): string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (let bytes = -1; bytes !== 0; ) {
    const chunk = Buffer.alloc(65_536);
    bytes = attempt(name, () => readAvailable(descriptor, chunk));
    chunks.push(chunk.subarray(0, bytes));
    length += bytes;
    if (length > maxBytes) throw new InputError(`${name} has more than 1 MB; split it`);
  }
  const content = Buffer.concat(chunks);
  if (!isUtf8(content)) throw new InputError(`${name} is not UTF-8; convert it`);
  return content.toString("utf8").replace(/^\uFEFF/, "");
}

/** Waits for a pipe or a terminal that another process has made non-blocking. */
function readAvailable(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function attempt<Result>(name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new InputError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
