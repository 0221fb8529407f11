import {
  accountSources,
  type Configuration,
  type Environment,
  loadNamedAccounts,
  type SettingSources,
  stackSources,
} from "../../provider/accounts/setting-sources";
import { parseJson } from "../formats";
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
 * The decrypted configuration of a stack of the project in a directory, as a provider process gets it.
 *
 * @throws InspectionError if Pulumi cannot read it
 */
export async function loadStackConfiguration(
  stack: string,
  pulumi = createPulumi(),
  directory = process.cwd(),
): Promise<Configuration> {
  const { result, configuration } = await readConfiguration(pulumi, directory, ["--stack", stack]);
  if (result.failed || configuration === undefined) throw toInspectionError(result);
  return (key) => configuration[key]?.value;
}

/**
 * The settings of an account, as a provider process gets them.
 *
 * @param account `undefined` for the default account
 * @throws ConfigurationError if there is no such account, or if the named accounts are invalid
 */
export function settingsOf(
  account: string | undefined,
  configuration: Configuration,
  environment: Environment,
): SettingSources {
  const defaults = stackSources(configuration, environment);
  if (account === undefined) return defaults;
  return accountSources(account, loadNamedAccounts(configuration, environment), defaults);
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
