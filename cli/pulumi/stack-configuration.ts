import { parseJson } from "../json";
import { createPulumi, type Pulumi } from "./pulumi";
import { toInspectionError } from "./pulumi-error";

/** `pulumi config --json --show-secrets`; only the fields read here. */
type StackConfiguration = Record<
  string,
  { value?: string; objectValue?: unknown; secret?: boolean } | undefined
>;

async function readConfiguration(pulumi: Pulumi, directory: string, stackOption: string[]) {
  const result = await pulumi(["config", "--json", "--show-secrets", ...stackOption], directory);
  return { result, configuration: parseJson(result.stdout) as StackConfiguration | undefined };
}

/**
 * The decrypted configuration of a stack of the project in this directory, as a provider process gets it.
 *
 * @throws InspectionError if Pulumi cannot read it
 */
export async function loadStackConfiguration(
  stack: string,
): Promise<(key: string) => string | undefined> {
  const read = await readConfiguration(createPulumi(), process.cwd(), ["--stack", stack]);
  const { result, configuration } = read;
  if (result.failed || configuration === undefined) throw toInspectionError(result);
  return (key) => configuration[key]?.value;
}

/** The secrets in the configuration of a stack; none if it cannot be decrypted. */
export async function secretsOfStack(
  pulumi: Pulumi,
  directory: string,
  stackOption: string[],
): Promise<string[]> {
  const { configuration = {} } = await readConfiguration(pulumi, directory, stackOption);
  return Object.values(configuration).flatMap((entry) =>
    entry?.secret === true ? [entry.value ?? "", ...texts(entry.objectValue)].filter(Boolean) : [],
  );
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
