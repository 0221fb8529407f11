import { existsSync } from "node:fs";
import { join } from "node:path";
import { isOlder } from "../../provider/versions";
import { InspectionError } from "../errors";
import { parseJson } from "../json";
import { lockHolder } from "./lock";
import { type Project, readYaml } from "./project";
import type { Pulumi } from "./pulumi";
import { nodeProjectsOnly, toInspectionError } from "./pulumi-error";

// Problems that a preview would miss, would not report clearly, or would repair by writing a file.

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
  organization?: string;
  project: string;
  name: string;
  /** The name that `--stack` understands in any directory. */
  reference: string;
  /** The values of its configuration that are in its file; a secret is an object. */
  configuration: Record<string, unknown>;
  /** Whether a refresh can run the program: otherwise it has the configuration of the last `up`. */
  canRunProgram: boolean;
}

/**
 * @param onIdentified gets what is known of the stack, also if it cannot be inspected
 * @throws InspectionError if the CLI, the project or the stack cannot be inspected now
 */
export async function preflight(
  pulumi: Pulumi,
  { directory, name: projectName, runtime, configDirectory }: Project,
  stackOption: string[],
  onIdentified: (identity: Pick<Stack, "organization" | "project" | "name">) => void = () => {},
): Promise<Stack> {
  const result = await pulumi(["about", "--json", ...stackOption], directory);
  const about = (parseJson(result.stdout) ?? {}) as About;
  const { cliAbout, backend, currentStack } = about;
  if (cliAbout === undefined) throw toInspectionError(result);
  requireVersion(cliAbout.version);
  requireLanguage(about.runtime?.language ?? runtime);
  const qualifiedName = currentStack?.fullyQualifiedName;
  if (backend?.url === undefined || qualifiedName === undefined) {
    // This command says why.
    const listed = await pulumi(["stack", "export", ...stackOption], directory);
    if (listed.failed) throw toInspectionError(listed);
    throw new InspectionError("pulumi does not say which stack this is", "choose one with --stack");
  }
  const [name = "", project = projectName ?? "", organization] = qualifiedName.split("/").reverse();
  const identity = {
    // Backends without organizations have this one.
    ...(organization !== undefined && organization !== "organization" && { organization }),
    project,
    name,
  };
  onIdentified(identity);
  await requireUnlocked(backend.url, qualifiedName, directory);
  const file = join(configDirectory, `Pulumi.${name}.yaml`);
  const isCloud = /^https?:/.test(backend.url);
  if (!isCloud) requireConfiguration(file);
  const { config = {} } = readYaml(file) as { config?: Record<string, unknown> };
  return {
    ...identity,
    reference: qualifiedName,
    configuration: config,
    canRunProgram: !isOlder(cliAbout.version.replace(/^v/, ""), minCliToRunProgram),
  };
}

function requireVersion(version: string) {
  if (!isOlder(version.replace(/^v/, ""), minCli)) return;
  throw new InspectionError(
    `the pulumi on the PATH is version ${version}`,
    `install ${minCli} or newer (https://www.pulumi.com/docs/install)`,
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

/** The CLI would create the file, or its salt, and preview without the configuration. */
function requireConfiguration(file: string) {
  const { encryptionsalt, secretsprovider } = readYaml(file);
  if (encryptionsalt !== undefined || secretsprovider !== undefined) return;
  throw new InspectionError(
    existsSync(file) ? `${file} names no secrets provider` : `${file} is missing`,
    "commit it, as `pulumi up` has written it, or pass the directory of its project with --cwd",
  );
}
