import { parseDuration } from "./duration";
import { ConfigurationError } from "./errors";
import { suggestion } from "./problems";
import { problemOfReassertEvery } from "./reassert-window";
import { type Region, regions } from "./region";
import { nameOf, read, type SettingSources } from "./setting-sources";
import { problemOfUrl, withoutSlash } from "./url";

/** How to reach one VCC account, and what holds for all its registrations. */
export interface Connection {
  region: Region;
  /** The Interactions API without a slash at the end; Register is `${apiUrl}/Register`. */
  apiUrl: string;
  /** The token endpoint. */
  authUrl: string;
  /** Connections to use at once. */
  maxConcurrency: number;
  /** How id and secret reach the token endpoint: both are documented. */
  clientAuthentication: ClientAuthentication;
  /** For all attempts at one registration together, in milliseconds. */
  deadlineMs: number;
  /** Certificates to trust beside those that Node.js trusts. */
  caFile?: string;
  /** How often to repeat registrations that do not say it themselves. */
  reassertEvery?: string;
}

/** In the form, or as HTTP Basic. */
export const clientAuthentications = ["form", "basic"] as const;
export type ClientAuthentication = (typeof clientAuthentications)[number];

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
  const deadlineMs = parseDuration(read(sources, "deadline") ?? "5m", ["s", "m", "h"]);
  if (Number.isNaN(deadlineMs)) {
    problems.push(`${nameOf("deadline")} must be a duration like "90s", "5m" or "1h"`);
  }
  const clientAuthentication = read(sources, "clientAuthentication") ?? "form";
  if (!isClientAuthentication(clientAuthentication)) {
    problems.push(
      `${nameOf("clientAuthentication")} must be one of ${clientAuthentications.join(", ")}`,
    );
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
  if (
    problems.length > 0 ||
    region === undefined ||
    !isRegion(region) ||
    !isClientAuthentication(clientAuthentication)
  ) {
    throw new ConfigurationError(problems);
  }
  const caFile = read(sources, "caFile");
  const url = (setting: keyof typeof hosts) =>
    withoutSlash(read(sources, setting)) ?? hosts[setting](region);
  return {
    region,
    apiUrl: url("apiUrl"),
    authUrl: url("authUrl"),
    clientAuthentication,
    maxConcurrency,
    deadlineMs,
    ...(caFile !== undefined && { caFile }),
    ...(reassertEvery !== undefined && { reassertEvery }),
  };
}

function isRegion(value: string): value is Region {
  return (regions as readonly string[]).includes(value);
}

function isClientAuthentication(value: string): value is ClientAuthentication {
  return (clientAuthentications as readonly string[]).includes(value);
}
