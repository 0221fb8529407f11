import { type SettingName, settings } from "../../../provider/contract/settings";

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
 * @param explicit the inputs of its `VccAccount`; the stack's configuration without one
 */
export function accountOf(
  explicit: Record<string, unknown> | undefined,
  { configuration, environment }: AccountSources,
): string | undefined {
  const configured = (name: SettingName) => (explicit ?? configuration)[`vcc:${name}`];
  const fromEnvironment = (name: SettingName) => environment[settings[name].environmentVariable];
  const read = (name: SettingName) => configured(name) || fromEnvironment(name) || undefined;
  const hasOwnClient = configured("clientId") ?? configured("clientSecret");
  const token = hasOwnClient ? configured("accessToken") : read("accessToken");
  const clientId = read("clientId");
  if (token || typeof clientId !== "string" || clientId === "[secret]") return undefined;
  const apiUrl = String(read("apiUrl") ?? "").replace(/\/+$/, "");
  return JSON.stringify([clientId, apiUrl]);
}
