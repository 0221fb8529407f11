import { stat, writeFile } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";

/** Replaces a file atomically, but writes to a special file, like `/dev/stderr`. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  const isSpecial = existing !== undefined && !existing.isFile();
  await (isSpecial ? writeFile(file, text) : writeFileAtomic(file, text));
}
