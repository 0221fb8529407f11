import { accessSync, constants } from "node:fs";
import { CouldNotLookError } from "./could-not-look";
import { lockHolder } from "./lock";
import { parseJson, pulumi, reasonOf } from "./pulumi";
import { findUpwards, projectFiles } from "./source";

// What a preview would not notice, or not say in a sentence.

/** The first release whose previews tell where a resource is declared: 3.70 does not, 3.90 does. */
const oldestCli = { major: 3, minor: 90 };

/** `pulumi about --json`, as far as it is read; it leaves out what it cannot find. */
interface About {
  cliAbout?: { version: string };
  runtime?: { language?: string } | null;
  backend?: { url?: string } | null;
  currentStack?: { fullyQualifiedName?: string } | null;
}

/**
 * The directory of Pulumi.yaml, at a directory or above.
 *
 * @throws CouldNotLookError
 */
export function findProject(directory: string): string {
  const whereTo = "give the directory of Pulumi.yaml with --cwd";
  try {
    accessSync(`${directory}/.`, constants.R_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CouldNotLookError(`${directory} is no directory that can be read (${code})`, whereTo);
  }
  const found = findUpwards(directory, projectFiles);
  if (found === undefined) {
    throw new CouldNotLookError(`there is no Pulumi.yaml in ${directory} or above`, whereTo);
  }
  return found;
}

/** @throws CouldNotLookError when the CLI, the project or the stack is not one to look at now */
export async function lookAhead(directory: string, ofStack: string[]): Promise<void> {
  const result = await pulumi(["about", "--json", ...ofStack], directory);
  const { cliAbout, runtime, backend, currentStack } = (parseJson(result.stdout) ?? {}) as About;
  if (cliAbout === undefined) throw reasonOf(result);
  requireVersion(cliAbout.version);
  requireLanguage(runtime?.language);
  if (backend?.url !== undefined && currentStack?.fullyQualifiedName !== undefined) {
    await requireUnlocked(backend.url, currentStack.fullyQualifiedName, directory);
  }
}

function requireVersion(version: string) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (major * 1000 + minor >= oldestCli.major * 1000 + oldestCli.minor) return;
  throw new CouldNotLookError(
    `the pulumi on the PATH is ${version}`,
    `install ${oldestCli.major}.${oldestCli.minor} or newer (https://www.pulumi.com/docs/install)`,
  );
}

function requireLanguage(language: string | undefined) {
  if (language === undefined || language === "nodejs" || language === "bun") return;
  throw new CouldNotLookError(
    `the project is in ${language}, and only programs for Node.js declare a VccProvider`,
    "give the directory of one with --cwd",
  );
}

async function requireUnlocked(backend: string, stack: string, directory: string) {
  const holder = await lockHolder(backend, stack, directory);
  if (holder === undefined) return;
  throw new CouldNotLookError(
    `the stack is locked by ${holder}`,
    "try again when that has ended, or run `pulumi cancel` if it has died",
  );
}
