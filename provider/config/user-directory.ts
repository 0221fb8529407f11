import { lstat, mkdir } from "node:fs/promises";

/**
 * Creates a directory for its owner only, unless it exists.
 *
 * @throws Error if it is no directory, or belongs to another user
 */
export async function openUserDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await lstat(directory);
  const owned = process.getuid === undefined || found.uid === process.getuid();
  if (!found.isDirectory()) throw new Error(`${directory} is not a directory`);
  if (!owned) throw new Error(`${directory} belongs to another user`);
}

/** Whether a process of this machine runs, as any user. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
