import { ConfigurationError } from "../errors";
import { suggestion } from "../suggestion";
import {
  accountPath,
  accountsKey,
  accountsVariable,
  type NamedAccounts,
  parseNamedAccounts,
} from "./named-accounts";
import { type SettingName, settings } from "./settings";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The stack's configuration. Keys have the form `vcc:region`. */
export type Configuration = (key: string) => string | undefined;

/** Credentials are read from a single source, never mixed. */
const credentials: readonly SettingName[] = ["clientId", "clientSecret", "accessToken"];

/** The settings of the default account. The configuration takes precedence. */
export function stackSources(
  configuration: Configuration,
  environment: Environment,
): SettingSources {
  const configured = (name: SettingName) => configuration(`vcc:${name}`) || undefined;
  return {
    read(name) {
      // A token from the environment must not replace a client from the configuration.
      const ownClient = configured("clientId") ?? configured("clientSecret");
      if (name === "accessToken" && ownClient !== undefined) return configured(name);
      return configured(name) ?? (environment[settings[name].environmentVariable] || undefined);
    },
    label: (name) => `vcc:${name} (or ${settings[name].environmentVariable})`,
  };
}

/**
 * The settings of a named account. It inherits those of the default account, except for
 * credentials.
 *
 * @param places where accounts are configured, the first one before the others
 * @param others of the default account
 * @throws ConfigurationError if there is no such account
 */
export function accountSources(
  account: string,
  places: readonly NamedAccounts[],
  others: SettingSources,
): SettingSources {
  const candidates = places.flatMap((accounts) => accounts.get(account) ?? []);
  if (candidates.length === 0) throw unknownAccount(account, places);
  const ownCredentials = candidates.find((each) => credentials.some((name) => each.get(name)));
  const readOwn = (name: SettingName) =>
    credentials.includes(name)
      ? ownCredentials?.get(name) || undefined
      : candidates.map((each) => each.get(name)).find(Boolean);
  const isInherited = (name: SettingName) =>
    !credentials.includes(name) && readOwn(name) === undefined && others.read(name) !== undefined;
  return {
    read: (name) => (isInherited(name) ? others.read(name) : readOwn(name)),
    label: (name) =>
      isInherited(name)
        ? others.label(name)
        : `${accountPath(account)}.${name} (or ${accountsVariable})`,
    incompleteCredentialsHint: (missing) =>
      `. Set both in one place: pulumi config set --path '${accountPath(account)}.${missing}'` +
      ("secret" in settings[missing] ? " --secret" : " <value>"),
  };
}

/**
 * The named accounts of the configuration, and then those of the environment.
 *
 * @throws ConfigurationError if they are invalid
 */
export function loadNamedAccounts(
  configuration: Configuration,
  environment: Environment,
): NamedAccounts[] {
  return [
    parse(configuration(accountsKey), accountsKey),
    parse(environment[accountsVariable], accountsVariable),
  ];
}

function parse(text: string | undefined, source: string): NamedAccounts {
  if (!text) return new Map();
  const result = parseNamedAccounts(text, source);
  if ("problems" in result) throw new ConfigurationError(result.problems);
  return result.accounts;
}

function unknownAccount(account: string, places: readonly NamedAccounts[]): ConfigurationError {
  const known = [...new Set(places.flatMap((accounts) => [...accounts.keys()]))];
  const hint = known.length === 0 ? "none is configured" : suggestion(account, known);
  const add = `pulumi config set --path '${accountPath(account)}.region' <region>`;
  return new ConfigurationError([
    `account: there is no account ${JSON.stringify(account)} (to add it, run ${add}); ${hint}`,
  ]);
}

/** Where the settings of one account come from. */
export interface SettingSources {
  /** The text of a setting. An empty text counts as missing: an unset secret in CI arrives as one. */
  read(name: SettingName): string | undefined;
  /** How messages name a setting: every place where it can be set. */
  label(name: SettingName): string;
  /** Ends a message about incomplete credentials. @default nothing */
  incompleteCredentialsHint?(missing: "clientId" | "clientSecret"): string;
}
