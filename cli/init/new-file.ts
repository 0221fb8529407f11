import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../errors";

export interface NewFile {
  /** Relative to the project, with slashes. */
  path: string;
  content: string;
  /** @default 0o644 */
  mode?: number;
}

/** The paths that exist, including broken links. */
export function existing(directory: string, paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      lstatSync(join(directory, path));
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Creates all files with their folders, or none.
 *
 * @throws InputError that names the file which cannot be created
 */
export function createFiles(directory: string, files: readonly NewFile[]): void {
  const created: string[] = [];
  for (const { path, content, mode = 0o644 } of files) {
    const file = join(directory, path);
    try {
      const folder = mkdirSync(dirname(file), { recursive: true });
      if (folder !== undefined) created.push(folder);
      writeFileSync(file, content, { mode, flag: "wx" });
      created.push(file);
    } catch (error) {
      for (const each of created) rmSync(each, { recursive: true, force: true });
      const { code } = error as NodeJS.ErrnoException;
      throw new InputError(`${path} cannot be created (${code}); nothing was created`);
    }
  }
}
