import { ConfigurationError } from "./errors";
import { nameOf, read, type Setting, type SettingSources } from "./setting-sources";
import { withoutSlash } from "./url";

/** What can be told of an account: VCC has no name for it. */
export interface AccountId {
  clientId: string;
  /** Only where it is overridden: a new default is no other account. */
  apiUrl: string | undefined;
}

export type Credentials = { accessToken: string } | { clientId: string; clientSecret: string };

/** Who registers, and where; not known without a client id, and not with an access token alone. */
export function loadAccountId(sources: SettingSources): AccountId | undefined {
  const clientId = read(sources, "clientId");
  if (clientId === undefined || loadAccessToken(sources) !== undefined) return undefined;
  return { clientId, apiUrl: withoutSlash(read(sources, "apiUrl")) };
}

/**
 * What to authenticate with: an access token, else a client's id and secret.
 *
 * @throws ConfigurationError when there is nothing, half a client, or a value that cannot be right
 */
export function loadCredentials(sources: SettingSources): Credentials {
  const accessToken = loadAccessToken(sources);
  const clientId = read(sources, "clientId");
  const clientSecret = read(sources, "clientSecret");

  const malformed = Object.entries({ accessToken, clientId, clientSecret })
    .filter(([, value]) => value !== undefined && !/^[!-~]([ -~]*[!-~])?$/.test(value))
    .map(
      ([setting]) =>
        `${nameOf(setting as Setting)} has blanks around it, a line break or a letter outside of ASCII`,
    );
  if (malformed.length > 0) throw new ConfigurationError(malformed);

  if (accessToken !== undefined) return { accessToken };
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  if (clientId === undefined && clientSecret === undefined) {
    throw new ConfigurationError([
      `no credentials: set ${nameOf("clientId")} and ${nameOf("clientSecret")}, or ${nameOf("accessToken")}`,
    ]);
  }
  const [present, missing] =
    clientSecret === undefined
      ? (["clientId", "clientSecret"] as const)
      : (["clientSecret", "clientId"] as const);
  throw new ConfigurationError([`${nameOf(present)} is set, but ${nameOf(missing)} is not`]);
}

/** A token in the environment must not take the place of a client that is configured. */
export function loadAccessToken(sources: SettingSources): string | undefined {
  const configured = (setting: Setting) => sources.configuration(`vcc:${setting}`) || undefined;
  const ownClient = configured("clientId") ?? configured("clientSecret");
  return ownClient === undefined ? read(sources, "accessToken") : configured("accessToken");
}
