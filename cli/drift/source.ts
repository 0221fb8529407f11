import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

// Where a resource is declared, for tools that show a line of a file.

export interface SourceLocation {
  /** Path with slashes from the repository's root, else from the project's. */
  file: string;
  /** Counted from 1. */
  line: number;
  column: number;
}

/** What the engine tells of where a resource was declared, innermost frame first. */
export interface Declared {
  sourcePosition?: string;
  stackTrace?: Array<{ sourcePosition?: string }>;
}

/** The nearest directory, upwards, that holds a file of one of the names. */
export function findUpwards(directory: string, names: string[]): string | undefined {
  const here = resolve(directory);
  if (names.some((name) => existsSync(join(here, name)))) return here;
  const above = dirname(here);
  return above === here ? undefined : findUpwards(above, names);
}

/** Paths that CI systems understand start at the root of the repository. */
export class SourceTree {
  private readonly prefix: string;

  /** @param projectDirectory where Pulumi.yaml is */
  constructor(private readonly projectDirectory: string) {
    const repository = findUpwards(projectDirectory, [".git"]) ?? projectDirectory;
    const path = relative(repository, resolve(projectDirectory)).split(sep).join("/");
    this.prefix = path === "" ? "" : `${path}/`;
  }

  /** The project's own file: the place to show for what no line declares. */
  get projectFile(): SourceLocation {
    const name = projectFiles.find((file) => existsSync(join(this.projectDirectory, file)));
    return { file: `${this.prefix}${name ?? projectFiles[0]}`, line: 1, column: 1 };
  }

  /**
   * The innermost frame of the program itself: what is installed, this package included, may declare
   * on its behalf.
   */
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

/** The names under which Pulumi looks for a project's file. */
export const projectFiles = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];
