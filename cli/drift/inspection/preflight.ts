import { accessSync, constants } from "node:fs";
import { InspectionError } from "./inspection-error";
import { lockHolder } from "./lock";
import { nodeProjectsOnly, parseJson, pulumi, toInspectionError } from "./pulumi";
import { findUpwards, projectFiles } from "./source";

// Problems that a preview would miss, or would not report clearly.

/** The first release whose previews include source positions: 3.70 lacks them, 3.90 has them. */
const minCli = { major: 3, minor: 90 };

/** `pulumi about --json`, which omits what it cannot find; only the fields read here. */
interface About {
  cliAbout?: { version: string };
  runtime?: { language?: string } | null;
  backend?: { url?: string } | null;
  currentStack?: { fullyQualifiedName?: string } | null;
}

/**
 * The nearest directory with a Pulumi.yaml, at or above the given one.
 *
 * @throws InspectionError
 */
export function findProject(directory: string): string {
  const nextStep = "pass the directory of Pulumi.yaml with --cwd";
  try {
    accessSync(`${directory}/.`, constants.R_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InspectionError(`${directory} is not a readable directory (${code})`, nextStep);
  }
  const found = findUpwards(directory, projectFiles);
  if (found !== undefined) return found;
  throw new InspectionError(`no Pulumi.yaml in ${directory} or above`, nextStep);
}

/** @throws InspectionError if the CLI, the project or the stack cannot be inspected now */
export async function preflight(directory: string, stackOption: string[]): Promise<void> {
  const result = await pulumi(["about", "--json", ...stackOption], directory);
  const { cliAbout, runtime, backend, currentStack } = (parseJson(result.stdout) ?? {}) as About;
  if (cliAbout === undefined) throw toInspectionError(result);
  requireVersion(cliAbout.version);
  requireLanguage(runtime?.language);
  if (backend?.url !== undefined && currentStack?.fullyQualifiedName !== undefined) {
    await requireUnlocked(backend.url, currentStack.fullyQualifiedName, directory);
  }
}

function requireVersion(version: string) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (major * 1000 + minor >= minCli.major * 1000 + minCli.minor) return;
  throw new InspectionError(
    `the pulumi on the PATH is version ${version}`,
    `install ${minCli.major}.${minCli.minor} or newer (https://www.pulumi.com/docs/install)`,
  );
}

function requireLanguage(language: string | undefined) {
  if (language === undefined || language === "nodejs" || language === "bun") return;
  throw new InspectionError(`the project's runtime is ${language}`, nodeProjectsOnly);
}

async function requireUnlocked(backend: string, stack: string, directory: string) {
  const holder = await lockHolder(backend, stack, directory);
  if (holder === undefined) return;
  throw new InspectionError(
    `the stack is locked by ${holder}`,
    "retry when that update has finished, or run `pulumi cancel` if it has crashed",
  );
}
