import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { findUpwards } from "../../../provider/accounts/project-directory";
import type { Declared } from "../../pulumi/state";

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

  /** The SDK mistakes the URL of an ES module for a path, and resolves it in the directory of the program. */
  private absolute(encodedPath: string): string {
    const path = decodeURIComponent(encodedPath);
    const [, url] = /(?:^|\/)file:\/+(.+)$/.exec(path) ?? [];
    return url === undefined
      ? resolve(this.projectDirectory, path)
      : fileURLToPath(`file:///${url}`);
  }
}
