import { accountsKey, accountsVariable } from "../../../provider/contract/named-accounts";
import { type SettingName, settings } from "../../../provider/contract/settings";
import { parseJson } from "../../parse-json";

/** What decides which account a registration belongs to, as far as it is not secret. */
export interface AccountSources {
  /** The stack's configuration, as in its file; a secret is an object. */
  configuration: Record<string, unknown>;
  environment: NodeJS.ProcessEnv;
}

const credentials: readonly SettingName[] = ["clientId", "clientSecret", "accessToken"];

/**
 * Identifies the account of a registration by its API client and URL. `undefined` if the client is
 * secret, not set here, or replaced by an access token, which does not identify a client.
 *
 * @param name of a configured account; `undefined` for the default account
 */
export function accountOf(name: string | undefined, sources: AccountSources): string | undefined {
  const read = name === undefined ? flatSettings(sources) : namedSettings(name, sources);
  const clientId = read("clientId");
  const isKnown = typeof clientId === "string" || typeof clientId === "number";
  if (read("accessToken") || !isKnown || clientId === "[secret]") return undefined;
  const apiUrl = String(read("apiUrl") ?? "").replace(/\/+$/, "");
  return JSON.stringify([String(clientId), apiUrl]);
}

/** As `stackSources` of the provider. A secret is an object, or masked. */
function flatSettings({ configuration, environment }: AccountSources) {
  const configured = (name: SettingName) => configuration[`vcc:${name}`];
  const hasOwnClient = configured("clientId") ?? configured("clientSecret");
  return (name: SettingName): unknown => {
    if (name === "accessToken" && hasOwnClient) return configured(name);
    return configured(name) || environment[settings[name].environmentVariable] || undefined;
  };
}

/** As `accountSources` of the provider. */
function namedSettings(account: string, sources: AccountSources) {
  const { configuration, environment } = sources;
  const candidates = [configuration[accountsKey], parseJson(environment[accountsVariable] ?? "")]
    .map((accounts) => (accounts as Record<string, unknown> | undefined)?.[account])
    .filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null);
  const withCredentials = candidates.find((one) => credentials.some((name) => one[name]));
  const others = flatSettings(sources);
  return (name: SettingName): unknown => {
    if (credentials.includes(name)) return withCredentials?.[name];
    return candidates.map((one) => one[name]).find(Boolean) ?? others(name);
  };
}
