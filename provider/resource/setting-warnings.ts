import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  accountPath,
  accountsKey,
  accountsVariable,
  parseNamedAccounts,
} from "../accounts/named-accounts";
import { type SettingDefinition, settingNames, settings } from "../accounts/settings";
import { misspelled, suggestion } from "../suggestion";

/** Each with its environment variable. */
const variables: ReadonlyArray<readonly [string, string]> = [
  ["accounts", accountsVariable],
  ...settingNames.map((name) => [name, settings[name].environmentVariable] as const),
];
const prefix = "VCC_";
/** The names below `vcc:`. */
const names = variables.map(([name]) => name);
const secretNames = settingNames.filter((name) => {
  const { secret = false }: SettingDefinition = settings[name];
  return secret;
});

/** A program of the Automation API shares its process with others. */
const checkedRuns = new WeakSet<object>();
const noStack = {};

/** Warns, once in each run, of settings that have no effect, and of secrets in clear text. */
export function warnOfSettings(): void {
  const run = pulumi.runtime.getStackResource() ?? noStack;
  if (checkedRuns.has(run)) return;
  checkedRuns.add(run);
  const configuration = pulumi.runtime.allConfig();
  const warnings = [
    ...ineffectiveKeys(Object.keys(configuration), pulumi.getProject()),
    ...ineffectiveVariables(process.env, configuration),
    ...clearSecrets(configuration, isSecret, () => readStackFile(pulumi.getStack())),
  ];
  for (const warning of warnings) void pulumi.log.warn(warning);
}

/** The SDK exports it, but does not declare it. */
function isSecret(key: string): boolean {
  const runtime: object & { isConfigSecret?(key: string): boolean } = pulumi.runtime;
  return runtime.isConfigSecret?.(key) ?? true;
}

/** @param project whose program has its own keys in the namespace of that name */
export function ineffectiveKeys(keys: readonly string[], project: string): string[] {
  return keys.flatMap((key) => {
    const [namespace = "", ...rest] = key.split(":");
    const name = rest.join(":");
    const isOwn = namespace === project;
    const meant = names.find((known) => known === name) ?? misspelled(name, names);
    const hint = meant === undefined ? suggestion(name, names) : `did you mean "vcc:${meant}"?`;
    const problem = `${key} has no effect (to remove it, run pulumi config rm ${key}); ${hint}`;
    if (namespace === "vcc") {
      const isUnknown = meant !== name && (meant !== undefined || !isOwn);
      return isUnknown ? [problem] : [];
    }
    const isMistyped = /^(pulumi[^a-z]?)?vcc$/i.test(namespace) && !isOwn;
    return isMistyped && meant !== undefined ? [problem] : [];
  });
}

/** Reports variables that look like a misspelled setting, if that setting is not set: others may share the prefix. */
export function ineffectiveVariables(
  environment: NodeJS.ProcessEnv,
  configuration: Readonly<Record<string, string>>,
): string[] {
  const bare = (variable: string) => variable.slice(prefix.length);
  const unset = variables
    .filter(([name, variable]) => !environment[variable] && !configuration[`vcc:${name}`])
    .map(([, variable]) => variable);
  const known = variables.map(([, variable]) => variable);
  return Object.keys(environment).flatMap((variable) => {
    if (!variable.toUpperCase().startsWith(prefix) || known.includes(variable)) return [];
    const meant = misspelled(bare(variable), unset.map(bare));
    return meant === undefined
      ? []
      : [`the environment variable ${variable} has no effect; did you mean ${prefix}${meant}?`];
  });
}

/**
 * @param isSecret whether a value of the configuration, or a part of it, is secret
 * @param stackFile the text of the stack's configuration file
 */
export function clearSecrets(
  configuration: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean,
  stackFile: () => string,
): string[] {
  const flat = secretNames
    .map((name) => `vcc:${name}`)
    .filter((key) => configuration[key] && !isSecret(key));
  // One secret makes the whole object one: only the file says which of its values are encrypted.
  const isClear = isSecret(accountsKey)
    ? (value: string) => value.length >= 8 && stackFile().includes(value)
    : (value: string) => value !== "";
  const named = secretsOf(configuration[accountsKey])
    .filter(({ value }) => isClear(value))
    .map(({ path }) => path);
  const commands = [...flat, ...named.map((path) => `--path '${path}'`)].map(
    (key) => `pulumi config set --secret ${key}`,
  );
  if (commands.length === 0) return [];
  return [
    `${[...flat, ...named].join(", ")}: not a secret, so that the stack's configuration and state contain it ` +
      `in clear text. Run ${commands.join(" and ")}`,
  ];
}

/** The secret settings of named accounts. If these are invalid, `check` reports it. */
function secretsOf(accounts = "{}"): Array<{ path: string; value: string }> {
  const parsed = parseNamedAccounts(accounts, accountsKey);
  if ("problems" in parsed) return [];
  return [...parsed.accounts].flatMap(([account, values]) =>
    secretNames.map((name) => ({
      path: `${accountPath(account)}.${name}`,
      value: values.get(name) ?? "",
    })),
  );
}

/** The configuration file of a stack, at or above a directory. Empty if it is elsewhere. */
function readStackFile(stack: string, directory = process.cwd()): string {
  try {
    return readFileSync(join(directory, `Pulumi.${stack}.yaml`), "utf8");
  } catch {
    const parent = dirname(directory);
    return parent === directory ? "" : readStackFile(stack, parent);
  }
}
