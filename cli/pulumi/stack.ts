import { existsSync } from "node:fs";
import { join } from "node:path";
import { isPlainObject } from "../../provider/plain-object";
import { isOlder } from "../../provider/versions";
import { InspectionError } from "../errors";
import { parseJson } from "../formats";
import { lockHolder } from "./lock";
import { type Project, readYaml } from "./project";
import type { Pulumi } from "./pulumi";
import { nodeProjectsOnly, toInspectionError } from "./pulumi-error";

/** The first release whose previews include source positions: 3.70 lacks them, 3.90 has them. */
const minCli = "3.90";
/** The first release that runs the program for a refresh in a preview (`--run-program`). */
const minCliToRunProgram = "3.169";

/** `pulumi about --json`, which omits what it cannot find; only the fields read here. */
interface About {
  cliAbout?: { version: string };
  runtime?: { language?: string } | null;
  backend?: { url?: string } | null;
  currentStack?: { fullyQualifiedName?: string } | null;
  errors?: string[] | null;
}

/** A stack that the CLI has found. */
export interface Stack {
  /** Missing in backends that have none. */
  organization?: string | undefined;
  project: string;
  name: string;
  /** The name that `--stack` understands in any directory. */
  reference: string;
  backendUrl: string;
  /** Of the CLI. */
  version: string;
  /** Whether a refresh can run the program. Otherwise it has the configuration of the last `up`. */
  canRunProgram: boolean;
}

/**
 * @param stackOption arguments of the CLI. Empty: the selected stack
 * @throws InspectionError if there is no such stack, or if the CLI or the language is not supported
 */
export async function findStack(
  pulumi: Pulumi,
  { directory, name: projectName, runtime }: Project,
  stackOption: string[],
): Promise<Stack> {
  const result = await pulumi(["about", "--json", ...stackOption], directory);
  const about = (parseJson(result.stdout) ?? {}) as About;
  const { cliAbout, backend, currentStack } = about;
  if (cliAbout === undefined) throw toInspectionError(result);
  const version = cliAbout.version.replace(/^v/, "");
  requireCli(version, minCli);
  requireLanguage(about.runtime?.language ?? runtime);
  const reference = currentStack?.fullyQualifiedName;
  if (backend?.url === undefined || reference === undefined) {
    // This command prints the reason.
    const listed = await pulumi(["stack", "export", ...stackOption], directory);
    if (listed.failed) throw toInspectionError(listed);
    throw new InspectionError("pulumi does not say which stack this is", "choose one with --stack");
  }
  const [name = "", project = projectName ?? "", organization] = reference.split("/").reverse();
  return {
    // The placeholder of backends without organizations.
    organization: organization === "organization" ? undefined : organization,
    ...{ project, name, reference, backendUrl: backend.url, version },
    canRunProgram: !isOlder(version, minCliToRunProgram),
  };
}

/**
 * Checks what a preview would ignore, or change.
 *
 * @returns the configuration of the stack, as in its file; a secret is an object
 * @throws InspectionError if an update has locked the stack, or if its file is missing or incomplete
 */
export async function requireInspectable(
  { name, reference, backendUrl }: Stack,
  { directory, configDirectory }: Project,
): Promise<Record<string, unknown>> {
  const holder = await lockHolder(backendUrl, reference, directory);
  if (holder !== undefined) {
    throw new InspectionError(
      `the stack is locked by ${holder}`,
      "retry when that update has finished, or run `pulumi cancel` if it has crashed",
    );
  }
  const file = join(configDirectory, `Pulumi.${name}.yaml`);
  const { encryptionsalt, secretsprovider, config } = readYaml(file);
  const isCloud = /^https?:/.test(backendUrl);
  // The CLI would create the file, or its salt, and preview without the configuration.
  if (!isCloud && encryptionsalt === undefined && secretsprovider === undefined) {
    throw new InspectionError(
      existsSync(file) ? `${file} names no secrets provider` : `${file} is missing`,
      "commit it, as `pulumi up` has written it, or pass the directory of its project with --cwd",
    );
  }
  return isPlainObject(config) ? config : {};
}

/** @throws InspectionError if the CLI is older than a release */
export function requireCli(version: string, oldest: string): void {
  if (!isOlder(version, oldest)) return;
  throw new InspectionError(
    `the pulumi on the PATH is version ${version}`,
    `install ${oldest} or newer (https://www.pulumi.com/docs/install)`,
  );
}

function requireLanguage(language: string | undefined) {
  if (language === undefined || language === "nodejs" || language === "bun") return;
  throw new InspectionError(`the project's runtime is ${language}`, nodeProjectsOnly);
}
