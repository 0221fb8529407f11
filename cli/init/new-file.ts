import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface NewFile {
  /** Relative to the project, with slashes. */
  path: string;
  content: string;
  /** @default 0o644 */
  mode?: number;
}

/** The paths that exist already. */
export function existing(directory: string, paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(join(directory, path)));
}

/** Creates a file, and the folders above it. @throws if it exists */
export function createFile(directory: string, { path, content, mode = 0o644 }: NewFile): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode, flag: "wx" });
}
