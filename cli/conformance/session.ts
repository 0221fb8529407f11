import type { AccountConnection } from "../../provider/accounts/connection";
import { createClock, raceAgainst } from "../../provider/vcc/clock";
import { createNetwork } from "../../provider/vcc/network";
import type { HttpResponse } from "../../provider/vcc/response";
import { createThrottle } from "../../provider/vcc/throttle";
import { type Credentials, createTokenSource } from "../../provider/vcc/token";
import { exchange, type HttpRequest } from "../../provider/vcc/transport";

/** The account to check. */
export interface Target {
  connection: AccountConnection;
  credentials: Credentials;
}

/** Why a request was not sent. */
export class NotSentError extends Error {}

interface TokenChanges {
  form?: Record<string, string>;
  client?: { clientId: string; clientSecret: string };
  /** Whether to send the credentials in the header instead of the form, or the other way round. */
  inOtherPlace?: boolean;
}

export type Session = ReturnType<typeof createSession>;

const attemptTimeoutMs = 15_000;
/** Attempts of a request that exceeds the account's rate limit. */
const maxAttempts = 3;

/**
 * Sends requests as the client of registrations does.
 *
 * @param signal stops waiting for the account's rate limit
 */
export function createSession(
  { connection, credentials }: Target,
  signal: AbortSignal,
  log: (line: string) => void,
) {
  const { apiUrl, authUrl, totalTimeoutMs, caFile, clientAuthentication } = connection;
  const network = createNetwork({
    ...{ urls: [apiUrl, authUrl], connections: 1, caFile },
    connectTimeoutMs: attemptTimeoutMs / 2,
  });
  const clock = createClock({ log });
  const throttle = createThrottle(clock, Math.random);
  const deadline = () => clock.now() + totalTimeoutMs;
  const secrets = new Set<string>();
  let requests = 0;

  async function send(request: HttpRequest): Promise<HttpResponse> {
    for (const secret of request.secrets) secrets.add(secret);
    for (let attempt = 1; ; attempt += 1) {
      await raceAgainst(signal, throttle.ready(deadline()));
      requests += 1;
      const response = await exchange(request, network, attemptTimeoutMs);
      throttle.observe(response);
      if (response.status !== 429 || attempt === maxAttempts) return response;
    }
  }

  const tokens = createTokenSource(credentials, connection, send, clock.now);

  return {
    /** The values that no message may contain. */
    secrets,
    requests: () => requests,
    /**
     * Sends the documented token request with changes.
     *
     * @throws NotSentError if an access token is configured
     */
    async requestToken({ form = {}, client, inOtherPlace = false }: TokenChanges = {}) {
      const asked = client ?? credentials;
      if ("accessToken" in asked) throw new NotSentError("an access token is configured");
      const isForm = (clientAuthentication === "form") !== inOtherPlace;
      const endpoint = { ...connection, clientAuthentication: isForm ? "form" : "basic" } as const;
      const responses: HttpResponse[] = [];
      const sendChanged = async (request: HttpRequest) => {
        const body = new URLSearchParams(request.body);
        for (const [name, value] of Object.entries(form)) body.set(name, value);
        const response = await send({ ...request, body: body.toString() });
        responses.push(response);
        return response;
      };
      const source = createTokenSource(asked, endpoint, sendChanged, clock.now);
      // A refusal is a response, too.
      const problem = await source.token(deadline()).catch((error: Error) => error);
      const [response] = responses;
      if (response === undefined) throw problem;
      return response;
    },
    /** Posts a body with a valid token, unless the headers say otherwise. `null` omits one. */
    async post(body: string, changes: Record<string, string | null> = {}, path = "/Register") {
      const token = await tokens.token(deadline());
      const headers = Object.entries({
        accept: "application/vnd.newvoicemedia.v1+json",
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...changes,
      }).filter((entry): entry is [string, string] => entry[1] !== null);
      const url = `${apiUrl}${path}`;
      return send({ url, headers: Object.fromEntries(headers), body, secrets: [token] });
    },
    close: () => network.dispatcher.destroy(),
  };
}
