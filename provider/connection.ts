import { ConfigurationError } from "./errors";
import { suggestion } from "./problems";
import { problemOfReassertEvery } from "./reassert-window";
import { type Region, regions } from "./region";

/** How to reach one VCC account, and what holds for all its registrations. */
export interface Connection {
  region: Region;
  /** The Interactions API without a slash at the end; Register is `${apiUrl}/Register`. */
  apiUrl: string;
  /** The token endpoint. */
  authUrl: string;
  /** Connections to use at once. */
  maxConcurrency: number;
  /** How often to repeat registrations that do not say it themselves. */
  reassertEvery?: string;
}

/** What can be told of an account: VCC has no name for it. */
export interface AccountId {
  clientId: string;
  /** Only where it is overridden: a new default is no other account. */
  apiUrl: string | undefined;
}

export type Credentials = { accessToken: string } | { clientId: string; clientSecret: string };

/** Setting → environment variable that stands in for it. The only place that knows the environment. */
const environmentVariables = {
  region: "VCC_REGION",
  clientId: "VCC_CLIENT_ID",
  clientSecret: "VCC_CLIENT_SECRET",
  accessToken: "VCC_ACCESS_TOKEN",
  apiUrl: "VCC_API_URL",
  authUrl: "VCC_AUTH_URL",
  maxConcurrency: "VCC_MAX_CONCURRENCY",
  reassertEvery: "VCC_REASSERT_EVERY",
} as const;
type Setting = keyof typeof environmentVariables;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings come from, the first that has one wins. */
export interface SettingSources {
  /** The stack's configuration, or the arguments of a `VccAccount`; keys as in `vcc:region`. */
  configuration(key: string): string | undefined;
  environment: Environment;
}

const hosts = {
  apiUrl: (region: Region) => `https://${region}.api.newvoicemedia.com/interactions`,
  // The newer of the two documented domains; the API is documented on the older one only.
  authUrl: (region: Region) => `https://${region}.cc.vonage.com/Auth/connect/token`,
};

/**
 * Everything about an account but its credentials, which a preview does without.
 *
 * @throws ConfigurationError that names all problems
 */
export function loadConnection(sources: SettingSources): Connection {
  const problems: string[] = [];
  const region = read(sources, "region");
  if (region === undefined) {
    problems.push(`no region: set ${nameOf("region")} to one of ${regions.join(", ")}`);
  } else if (!isRegion(region)) {
    problems.push(
      `unknown region ${JSON.stringify(region)} in ${nameOf("region")}; ${suggestion(region, regions)}`,
    );
  }
  const maxConcurrency = Number(read(sources, "maxConcurrency") ?? 4);
  if (!Number.isInteger(maxConcurrency) || maxConcurrency < 1) {
    problems.push(`${nameOf("maxConcurrency")} must be a whole number from 1 on`);
  }
  const reassertEvery = read(sources, "reassertEvery");
  if (reassertEvery !== undefined) {
    const problem = problemOfReassertEvery(reassertEvery);
    if (problem !== undefined) problems.push(`${nameOf("reassertEvery")} ${problem}`);
  }
  for (const setting of ["apiUrl", "authUrl"] as const) {
    const problem = problemOfUrl(read(sources, setting));
    if (problem !== undefined) problems.push(`${nameOf(setting)} ${problem}`);
  }
  if (problems.length > 0 || region === undefined || !isRegion(region)) {
    throw new ConfigurationError(problems);
  }
  const url = (setting: keyof typeof hosts) =>
    withoutSlash(read(sources, setting)) ?? hosts[setting](region);
  return {
    region,
    apiUrl: url("apiUrl"),
    authUrl: url("authUrl"),
    maxConcurrency,
    ...(reassertEvery !== undefined && { reassertEvery }),
  };
}

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

function withoutSlash(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, "");
}

/** A token in the environment must not take the place of a client that is configured. */
export function loadAccessToken(sources: SettingSources): string | undefined {
  const configured = (setting: Setting) => sources.configuration(`vcc:${setting}`) || undefined;
  const ownClient = configured("clientId") ?? configured("clientSecret");
  return ownClient === undefined ? read(sources, "accessToken") : configured("accessToken");
}

/** An empty value is no value: an unset secret in CI arrives as one. */
function read(sources: SettingSources, setting: Setting): string | undefined {
  return (
    sources.configuration(`vcc:${setting}`) ||
    sources.environment[environmentVariables[setting]] ||
    undefined
  );
}

function nameOf(setting: Setting): string {
  return `vcc:${setting} (or ${environmentVariables[setting]})`;
}

function isRegion(value: string): value is Region {
  return (regions as readonly string[]).includes(value);
}

/** Says what is wrong without the URL itself, which may hold credentials. */
function problemOfUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) return "is not an absolute URL";
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== "" || password !== "") return "must not hold credentials";
  if (search !== "" || hash !== "") return "must not have a query or a fragment";
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return "must use https (http is for loopback only)";
}

/** `hostname` as the URL parser writes it: IPv4 addresses in four decimal numbers, IPv6 in brackets. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
