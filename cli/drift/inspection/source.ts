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

/** Where a program declares a resource. `undefined` if that is not known. */
export type Locate = (declared: Declared) => SourceLocation | undefined;

/**
 * Locates declarations by the innermost frame in the repository itself, not in an installed package such
 * as this one.
 *
 * @param projectDirectory the directory of Pulumi.yaml
 */
export function createLocator(projectDirectory: string): Locate {
  const root = resolve(findUpwards(projectDirectory, [".git"]) ?? projectDirectory);

  /** The SDK mistakes the URL of an ES module for a path, and resolves it in the directory of the program. */
  function absolute(encodedPath: string): string {
    const path = decodeURIComponent(encodedPath);
    const [, url] = /(?:^|\/)file:\/+(.+)$/.exec(path) ?? [];
    return url === undefined ? resolve(projectDirectory, path) : fileURLToPath(`file:///${url}`);
  }

  return ({ sourcePosition, stackTrace = [] }) => {
    for (const position of [sourcePosition, ...stackTrace.map((frame) => frame.sourcePosition)]) {
      const [, path = "", line, column] =
        /^project:\/\/\/(.+)#(\d+)(?:,(\d+))?$/.exec(position ?? "") ?? [];
      const file = relative(root, absolute(path)).split(sep).join("/");
      if (path === "" || /^\.\.(\/|$)|(^|\/)node_modules\//.test(file)) continue;
      return { file, line: Number(line), column: Number(column ?? 1) };
    }
    return undefined;
  };
}
