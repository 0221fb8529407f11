import type { SettingName } from "../contract/settings";
import { ConfigurationError } from "../errors";
import type { AccountId } from "../registration/fingerprint";
import { loadSettings, readSetting, type SettingSources, settingLabel } from "./settings";

export type Credentials = { accessToken: string } | { clientId: string; clientSecret: string };

/**
 * Identifies the account by its API client. `undefined` without a client ID, and with an access
 * token.
 */
export function loadAccountId(sources: SettingSources): AccountId | undefined {
  const clientId = readSetting(sources, "clientId");
  if (clientId === undefined || readAccessToken(sources) !== undefined) return undefined;
  return { clientId, apiUrl: readSetting(sources, "apiUrl")?.replace(/\/+$/, "") };
}

/**
 * Loads what the client authenticates with: an access token, otherwise a client ID and secret.
 *
 * @throws ConfigurationError if there are none, only half of a client, or an invalid value
 */
export function loadCredentials(sources: SettingSources): Credentials {
  const { clientId, clientSecret } = loadSettings(sources, [
    "accessToken",
    "clientId",
    "clientSecret",
  ]);
  const accessToken = readAccessToken(sources);
  if (accessToken !== undefined) return { accessToken };
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  if (clientId === undefined && clientSecret === undefined) {
    throw new ConfigurationError([
      `there are no credentials: set ${settingLabel("clientId")} and ${settingLabel("clientSecret")}, ` +
        `or ${settingLabel("accessToken")}`,
    ]);
  }
  const [present, missing] =
    clientSecret === undefined
      ? (["clientId", "clientSecret"] as const)
      : (["clientSecret", "clientId"] as const);
  throw new ConfigurationError([
    `${settingLabel(present)} is set, but ${settingLabel(missing)} is not`,
  ]);
}

/** A token from the environment must not replace a client from the configuration. */
export function readAccessToken(sources: SettingSources): string | undefined {
  const configured = (name: SettingName) => sources.configuration(`vcc:${name}`) || undefined;
  const ownClient = configured("clientId") ?? configured("clientSecret");
  return ownClient === undefined ? readSetting(sources, "accessToken") : configured("accessToken");
}
