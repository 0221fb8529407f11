import pLimit from "p-limit";
import { NetworkError, ProtocolError } from "../errors";
import { type CaFile, createNetwork, type Network } from "../vcc/network";
import { isWebPage } from "../vcc/response";
import { exchange } from "../vcc/transport";
import { formerTokenHint } from "./witness";

export interface WitnessClientOptions {
  token: string;
  caFile?: CaFile | undefined;
  /** Of one request, connection included. Unit: milliseconds. @default 5,000 */
  timeoutMs?: number;
}

export interface WitnessClient {
  /**
   * Asks a witness once. Messages say "the witness" instead of the URL, which may be a secret.
   *
   * @returns the JSON of its response
   * @throws NetworkError without a response, and at once if its host has not responded three times
   * @throws ProtocolError for any response but JSON with status 200
   */
  ask(url: string): Promise<unknown>;
}

const maxConnections = 8;
/** Of one host, in a row. */
const maxFailures = 3;
const label = "the witness";

const compareTokens = `compare vcc:witnessToken (or VCC_WITNESS_TOKEN) with the witnessToken of the receiver; ${formerTokenHint}`;

const nextSteps: Record<number, string> = {
  401: compareTokens,
  403: compareTokens,
  404: "check the URL, and that the receiver has a witnessToken",
  405: "is the stage part of the path? Behind a stage or prefix, witnessPath of the receiver includes it",
};

/** Creates the client of all witnesses that share a token. */
export function createWitnessClient({
  token,
  caFile,
  timeoutMs = 5000,
}: WitnessClientOptions): WitnessClient {
  const limit = pLimit(maxConnections);
  const networks = new Map<string, Network>();
  const failures = new Map<string, NetworkError[]>();

  function networkOf(url: string): Network {
    const { origin } = new URL(url);
    const network =
      networks.get(origin) ??
      createNetwork({
        urls: [url],
        connections: maxConnections,
        caFile,
        connectTimeoutMs: timeoutMs / 2,
      });
    networks.set(origin, network);
    return network;
  }

  async function ask(url: string): Promise<unknown> {
    const { origin } = new URL(url);
    // Hundreds of registrations may share a host, and each would wait for the timeout.
    const earlier = failures.get(origin) ?? [];
    if (earlier.length >= maxFailures) throw earlier[0];
    const request = {
      url,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        "cache-control": "no-cache",
      },
      secrets: [token],
      label,
    };
    const response = await exchange(request, networkOf(url), timeoutMs).catch((error) => {
      if (error instanceof NetworkError) {
        failures.set(origin, [...(failures.get(origin) ?? []), error]);
      }
      throw error;
    });
    failures.delete(origin);
    const { status, body, bodyError } = response;
    if (bodyError !== undefined) throw bodyError;
    if (status !== 200) {
      const nextStep = nextSteps[status];
      throw new ProtocolError(
        `${label} responded ${status}${nextStep === undefined ? "" : `: ${nextStep}`}`,
      );
    }
    try {
      return JSON.parse(body);
    } catch {
      throw new ProtocolError(
        isWebPage(response)
          ? `${label} responded with a web page: check the proxy and the URL`
          : `${label} responded with something other than JSON`,
      );
    }
  }

  return { ask: (url) => limit(ask, url) };
}
