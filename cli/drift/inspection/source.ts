import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

export interface SourceLocation {
  /** Path with slashes, relative to the root of the repository, else of the project. */
  file: string;
  /** Counted from 1. */
  line: number;
  column: number;
}

/** The engine's record of where a resource was declared, innermost frame first. */
export interface Declared {
  sourcePosition?: string;
  stackTrace?: Array<{ sourcePosition?: string }>;
}

/** The nearest directory, at or above the given one, with a file of one of these names. */
export function findUpwards(directory: string, names: string[]): string | undefined {
  const here = resolve(directory);
  if (names.some((name) => existsSync(join(here, name)))) return here;
  const parent = dirname(here);
  return parent === here ? undefined : findUpwards(parent, names);
}

/** Translates source positions into the paths that CI systems expect, relative to the repository. */
export class SourceTree {
  private readonly prefix: string;

  /** @param projectDirectory the directory of Pulumi.yaml */
  constructor(private readonly projectDirectory: string) {
    const repository = findUpwards(projectDirectory, [".git"]) ?? projectDirectory;
    const path = relative(repository, resolve(projectDirectory)).split(sep).join("/");
    this.prefix = path === "" ? "" : `${path}/`;
  }

  /** The location of a registration that no line declares. */
  get projectFile(): SourceLocation {
    const name = projectFiles.find((file) => existsSync(join(this.projectDirectory, file)));
    return { file: `${this.prefix}${name ?? projectFiles[0]}`, line: 1, column: 1 };
  }

  /** The innermost frame in the program itself, not in an installed package such as this one. */
  locate({ sourcePosition, stackTrace = [] }: Declared): SourceLocation | undefined {
    for (const position of [sourcePosition, ...stackTrace.map((frame) => frame.sourcePosition)]) {
      const [, path, line, column] =
        /^project:\/\/\/(.+)#(\d+)(?:,(\d+))?$/.exec(position ?? "") ?? [];
      if (path === undefined || /(^|\/)(\.\.|node_modules)\//.test(path)) continue;
      const file = this.prefix + decodeURIComponent(path);
      return { file, line: Number(line), column: Number(column ?? 1) };
    }
    return undefined;
  }
}

/** The names that Pulumi accepts for a project file. */
export const projectFiles = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];
