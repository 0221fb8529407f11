import type { SettingSources } from "../../../provider/accounts/setting-sources";
import {
  accountSources,
  loadNamedAccounts,
  stackSources,
} from "../../../provider/accounts/setting-sources";

/** What decides which account a registration belongs to, as far as it is not secret. */
export interface AccountSources {
  /** The stack's configuration, as in its file; a secret is an object. */
  configuration: Record<string, unknown>;
  environment: NodeJS.ProcessEnv;
}

/**
 * Identifies the account of a registration by its API client and URL. `undefined` if the client is
 * secret, not set here, or replaced by an access token, which does not identify a client.
 *
 * @param name of a configured account; `undefined` for the default account
 */
export function accountOf(name: string | undefined, sources: AccountSources): string | undefined {
  const settings = settingsOf(name, sources);
  const clientId = settings?.read("clientId");
  if (clientId === undefined || clientId === mask || settings?.read("accessToken"))
    return undefined;
  return JSON.stringify([clientId, settings?.read("apiUrl")?.replace(/\/+$/, "") ?? ""]);
}

/** `undefined` without such an account, or if the provider would refuse the accounts. */
function settingsOf(
  name: string | undefined,
  { configuration, environment }: AccountSources,
): SettingSources | undefined {
  const configured = (key: string) => textOf(configuration[key]);
  const stack = stackSources(configured, environment);
  if (name === undefined) return stack;
  try {
    return accountSources(name, loadNamedAccounts(configured, environment), stack);
  } catch {
    return undefined;
  }
}

/** Stands for a secret, as in what the CLI prints. */
const mask = "[secret]";

/** The text that a provider process gets, without secrets. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const visible = maskSecret("", value);
  return typeof visible === "object" ? JSON.stringify(visible, maskSecret) : String(visible);
}

function maskSecret(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "secure" in value ? mask : value;
}
