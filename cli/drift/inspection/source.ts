import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { findUpwards } from "../../../provider/contract/project-file";
import type { Declared } from "../../stacks/state";

export interface SourceLocation {
  /**
   * Path with slashes, relative to the root of the repository, or of the project if there is no
   * repository.
   */
  file: string;
  /** Counted from 1. */
  line: number;
  column: number;
}

/** Translates source positions into the paths that CI systems expect, relative to the repository. */
export class SourceTree {
  private readonly root: string;

  /** @param projectDirectory the directory of Pulumi.yaml */
  constructor(private readonly projectDirectory: string) {
    this.root = resolve(findUpwards(projectDirectory, [".git"]) ?? projectDirectory);
  }

  /** The innermost frame in the repository itself, not in an installed package such as this one. */
  locate({ sourcePosition, stackTrace = [] }: Declared): SourceLocation | undefined {
    for (const position of [sourcePosition, ...stackTrace.map((frame) => frame.sourcePosition)]) {
      const [, path = "", line, column] =
        /^project:\/\/\/(.+)#(\d+)(?:,(\d+))?$/.exec(position ?? "") ?? [];
      const file = relative(this.root, this.absolute(path)).split(sep).join("/");
      if (path === "" || /^\.\.(\/|$)|(^|\/)node_modules\//.test(file)) continue;
      return { file, line: Number(line), column: Number(column ?? 1) };
    }
    return undefined;
  }

  /** In a program of ES modules, the engine mistakes the URL of a file for a path. */
  private absolute(path: string): string {
    if (path.startsWith("file:/")) {
      return fileURLToPath(`file:///${path.replace(/^file:\/+/, "")}`);
    }
    return resolve(this.projectDirectory, decodeURIComponent(path));
  }
}
