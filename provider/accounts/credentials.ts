import { ConfigurationError } from "../errors";
import type { Credentials } from "../vcc/token";
import type { SettingSources } from "./setting-sources";
import { loadSettings } from "./setting-types";

/** Identifies an account, because VCC provides no account ID. */
export interface AccountId {
  clientId: string;
  /**
   * Set only if the configuration overrides the default: a changed default is not a different
   * account.
   */
  apiUrl: string | undefined;
}

/**
 * Identifies the account by its API client. `undefined` without a client ID, and with an access
 * token.
 */
export function loadAccountId(sources: SettingSources): AccountId | undefined {
  const clientId = sources.read("clientId");
  if (clientId === undefined || sources.read("accessToken") !== undefined) return undefined;
  return { clientId, apiUrl: sources.read("apiUrl")?.replace(/\/+$/, "") };
}

/**
 * Loads what the client authenticates with: an access token, otherwise a client ID and secret.
 *
 * @throws ConfigurationError if the credentials are missing, incomplete or invalid
 */
export function loadCredentials(sources: SettingSources): Credentials {
  const { accessToken, clientId, clientSecret } = loadSettings(sources, [
    "accessToken",
    "clientId",
    "clientSecret",
  ]);
  if (accessToken !== undefined) return { accessToken };
  requireCompleteCredentials(sources);
  if (clientId === undefined || clientSecret === undefined) {
    throw new ConfigurationError([
      `there are no credentials: set ${sources.label("clientId")} and ${sources.label("clientSecret")}, ` +
        `or ${sources.label("accessToken")}`,
    ]);
  }
  return { clientId, clientSecret };
}

/** @throws ConfigurationError if there is only an ID or only a secret */
export function requireCompleteCredentials(sources: SettingSources): void {
  if (sources.read("accessToken") !== undefined) return;
  const [present, missing] =
    sources.read("clientSecret") === undefined
      ? (["clientId", "clientSecret"] as const)
      : (["clientSecret", "clientId"] as const);
  if (sources.read(present) === undefined || sources.read(missing) !== undefined) return;
  throw new ConfigurationError([
    `${sources.label(present)} is set, but ${sources.label(missing)} is not` +
      (sources.incompleteCredentialsHint?.(missing) ?? ""),
  ]);
}
