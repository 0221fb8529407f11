import { spawnSync } from "node:child_process";
import { constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";

// Files with secrets, for one command of the CLI. They are named pipes, so that no disk stores them. Without `mkfifo`,
// as on Windows, they are files that only this user can read, deleted when the command has ended.

/**
 * Runs a command that writes a file.
 *
 * @param run gets the path
 * @returns the result of the command, and what it wrote: empty if it wrote nothing
 */
export async function receiveFile<Result>(
  run: (path: string) => Promise<Result>,
  platform = process.platform,
): Promise<{ result: Result; text: string }> {
  return withPath(platform, async (path, isPipe) => {
    if (!isPipe) {
      writeFileSync(path, "", { mode: 0o600 });
      return { result: await run(path), text: readFileSync(path, "utf8") };
    }
    const reader = openPipe(path, constants.O_RDONLY);
    // The pipe ends when the last writer closes it: not before the command ends, and even if that never opens it.
    const writer = openPipe(path, constants.O_WRONLY);
    try {
      const received = textOf(reader);
      received.catch(() => {});
      const result = await run(path).finally(() => writer.destroy());
      return { result, text: await received };
    } finally {
      reader.destroy();
    }
  });
}

/**
 * Runs a command that reads a file with this text, once and from its beginning.
 *
 * @param run gets the path
 */
export async function sendFile<Result>(
  text: string,
  run: (path: string) => Promise<Result>,
  platform = process.platform,
): Promise<Result> {
  return withPath(platform, async (path, isPipe) => {
    if (!isPipe) {
      writeFileSync(path, text, { mode: 0o600 });
      return run(path);
    }
    // Without a reader, a pipe can be opened only for both.
    const writer = openPipe(path, constants.O_RDWR);
    writer.write(text);
    try {
      return await run(path);
    } finally {
      writer.destroy();
    }
  });
}

async function withPath<Result>(
  platform: string,
  use: (path: string, isPipe: boolean) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  // Another command may fail first, and end this process.
  process.once("exit", remove);
  try {
    const path = join(directory, "file");
    return await use(path, makePipe(path, platform));
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** @returns whether this system has named pipes */
function makePipe(path: string, platform: string): boolean {
  // Shells for Windows have a `mkfifo` whose pipes other programs cannot open.
  if (platform === "win32") return false;
  return spawnSync("mkfifo", ["-m", "600", path]).status === 0;
}

/** Does not wait for the other end. */
function openPipe(path: string, mode: number): Socket {
  const fd = openSync(path, mode | constants.O_NONBLOCK);
  return new Socket({
    fd,
    readable: mode === constants.O_RDONLY,
    writable: mode !== constants.O_RDONLY,
  });
}
