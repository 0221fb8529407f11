import type { Region } from "../contract/region";
import { loadSettings, type SettingSources } from "./settings";

/** How to reach one VCC account, and what applies to all of its registrations. */
export interface Connection {
  region: Region;
  /** The Interactions API, without a slash at the end. */
  apiUrl: string;
  /** The token endpoint. */
  authUrl: string;
  /** How the client authenticates to the token endpoint. VCC documents both ways. */
  clientAuthentication: "form" | "basic";
  /** The number of concurrent connections. */
  maxConcurrency: number;
  /** For all attempts at one registration, including waits. Unit: milliseconds. */
  totalTimeoutMs: number;
  /** A PEM file of certificates to trust in addition to those of Node.js. */
  caFile?: string | undefined;
  /** Of the witnesses that a refresh asks. */
  witnessToken?: string | undefined;
  /** For registrations that do not set `reassertEvery`. */
  reassertEvery?: string | undefined;
}

/**
 * Loads everything about an account except its credentials, which previews do not need.
 *
 * @throws ConfigurationError that names all problems
 */
export function loadConnection(sources: SettingSources): Connection {
  const { deadline: totalTimeoutMs, ...connection } = loadSettings(sources, [
    "region",
    "apiUrl",
    "authUrl",
    "clientAuthentication",
    "maxConcurrency",
    "deadline",
    "caFile",
    "witnessToken",
    "reassertEvery",
  ]);
  return { ...connection, totalTimeoutMs };
}
