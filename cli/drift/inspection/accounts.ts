import type { SettingSources } from "../../../provider/accounts/setting-sources";
import { settingsOf } from "../../pulumi/stack-configuration";

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
export function accountOf(
  name: string | undefined,
  { configuration, environment }: AccountSources,
): string | undefined {
  let settings: SettingSources;
  try {
    settings = settingsOf(name, (key) => textOf(configuration[key]), environment);
  } catch {
    // The provider will refuse these accounts.
    return undefined;
  }
  const clientId = settings.read("clientId");
  if (clientId === undefined || clientId === mask || settings.read("accessToken")) return undefined;
  return JSON.stringify([clientId, settings.read("apiUrl")?.replace(/\/+$/, "") ?? ""]);
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
