import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  processClientCredentialsResponse,
  UnsupportedOperationError,
} from "oauth4webapi";
import type { Connection } from "../config/connection";
import type { Credentials } from "../config/credentials";
import { ApiError, AuthenticationError, DeadlineError, ProtocolError } from "../errors";
import { headerSecrets } from "../registration/headers";
import { raceAgainst, timeoutSignal } from "./deadline";
import type { Disclosure } from "./quotation";
import { describeResponse, type HttpResponse, nextStepFor } from "./response";
import { retryAfterMs } from "./retry";
import type { HttpRequest } from "./transport";

/** @param deadlineAtMs in milliseconds since the epoch */
export type Send = (request: HttpRequest, deadlineAtMs: number) => Promise<HttpResponse>;

export interface TokenSource {
  /**
   * Returns a token that does not expire soon. Concurrent callers share one request, and each
   * keeps its own deadline. A failure is not cached.
   *
   * @param deadlineAtMs in milliseconds since the epoch
   * @throws AuthenticationError if the token endpoint rejects the credentials
   */
  token(deadlineAtMs: number): Promise<string>;
  /** Discards a token. Returns false if it cannot be renewed. */
  forget(token: string): boolean;
}

/** The documented scope of Register. */
const scope = "interactions:write";

/** If the response does not state a lifetime: the shorter of the two that VCC documents. */
const defaultLifetimeS = 900;

/**
 * A token is renewed this long before it expires, or after nine tenths of its lifetime, whichever
 * is later.
 */
const maxLeewayS = 60;

type Client = Exclude<Credentials, { accessToken: string }>;
type TokenEndpoint = Pick<Connection, "authUrl" | "clientAuthentication"> &
  Pick<Disclosure, "showAnswers">;

export function createTokenSource(
  credentials: Credentials,
  { totalTimeoutMs, ...endpoint }: TokenEndpoint & Pick<Connection, "totalTimeoutMs">,
  send: Send,
  now: () => number,
): TokenSource {
  if ("accessToken" in credentials) {
    const { accessToken } = credentials;
    return { token: async () => accessToken, forget: () => false };
  }
  let current: { token: string; renewAtMs: number } | undefined;
  let pending: Promise<string> | undefined;

  /** Has a timeout of its own: the caller that happens to start it may be near its deadline. */
  async function renew(client: Client): Promise<string> {
    const requestedAtMs = now();
    const { access_token: token, expires_in: lifetimeS = defaultLifetimeS } = await requestToken(
      client,
      endpoint,
      (request) => send(request, requestedAtMs + totalTimeoutMs),
      now,
    );
    const usableS = lifetimeS - Math.min(maxLeewayS, lifetimeS / 10);
    current = { token, renewAtMs: requestedAtMs + usableS * 1000 };
    return token;
  }

  return {
    async token(deadlineAtMs) {
      if (current !== undefined && now() < current.renewAtMs) return current.token;
      pending ??= renew(credentials).finally(() => {
        pending = undefined;
      });
      const signal = timeoutSignal(deadlineAtMs - now());
      return raceAgainst(signal, pending).catch((error) => {
        if (error !== signal.reason) throw error;
        throw new DeadlineError(
          "no token arrived before the deadline (vcc:deadline). Run again later",
        );
      });
    },
    forget(token) {
      if (current?.token === token) current = undefined;
      return true;
    },
  };
}

/** @see RFC 6749, section 4.4 */
async function requestToken(
  { clientId, clientSecret }: Client,
  { authUrl, clientAuthentication, showAnswers }: TokenEndpoint,
  send: (request: HttpRequest) => Promise<HttpResponse>,
  now: () => number,
) {
  const server = { issuer: authUrl, token_endpoint: authUrl };
  const client = { client_id: clientId };
  const authenticate = { form: ClientSecretPost, basic: ClientSecretBasic }[clientAuthentication];

  const notAToken = (status: number) =>
    new ProtocolError(
      `[POST] ${authUrl}: ${status}, but the response is not an OAuth 2.0 token. Check the URL`,
    );

  const notBearer = () =>
    new ProtocolError(
      `[POST] ${authUrl}: 200, but the token is not of the type Bearer, the only one that VCC ` +
        "documents. Check vcc:authUrl",
    );

  function requireSuccess(response: HttpResponse, disclosure: Disclosure): HttpResponse {
    const { status, headers, bodyError } = response;
    if (status === 200 && bodyError !== undefined) throw bodyError;
    if (status === 200) return response;
    const description = `[POST] ${authUrl}: ${describeResponse(response, disclosure)}`;
    if (status === 400 || status === 401 || status === 403) {
      throw new AuthenticationError(`${description}. ${nextStepAfter(response)}`);
    }
    if (status < 400) throw notAToken(status);
    const message = `${description}. ${nextStepFor(status)}`;
    throw new ApiError(message, status, retryAfterMs(headers["retry-after"], now()));
  }

  const response = await clientCredentialsGrantRequest(
    server,
    client,
    authenticate(clientSecret),
    { scope },
    {
      // The settings allow http for loopback only.
      [allowInsecureRequests]: true,
      [customFetch]: async (url, { headers, body }) => {
        const { authorization = "" } = headers;
        const secrets = [clientSecret, ...headerSecrets({ authorization })];
        const disclosure = { secrets, showAnswers };
        const response = await send({ url, headers, body: String(body), disclosure });
        const token = withoutInvalidLifetime(requireSuccess(response, disclosure).body);
        return new Response(token, { headers: response.headers });
      },
    },
  );
  const granted = await processClientCredentialsResponse(server, client, response).catch(
    (error) => {
      // The library's errors contain the body, and possibly a token.
      throw error instanceof UnsupportedOperationError ? notBearer() : notAToken(200);
    },
  );
  // The library supports DPoP tokens too, and returns the type in lower case.
  if (granted.token_type !== "bearer") throw notBearer();
  // The token must be valid in a header.
  if (!/^[!-~]+$/.test(granted.access_token)) throw notAToken(200);
  return granted;
}

/** An invalid lifetime counts as missing: the token may be valid. */
function withoutInvalidLifetime(body: string): string {
  try {
    const { expires_in, ...token } = JSON.parse(body);
    return Number(expires_in) > 0 ? body : JSON.stringify(token);
  } catch {
    return body;
  }
}

/** @see RFC 6749, section 5.2 */
function nextStepAfter({ body }: HttpResponse): string {
  const [, code = ""] = /"error"\s*:\s*"(\w+)"/.exec(body) ?? [];
  const nextSteps: Record<string, string> = {
    invalid_scope: `Ask for an API client with the scope ${scope}`,
    unauthorized_client: "Ask for an API client with the grant type client_credentials",
    unsupported_grant_type: "Check vcc:authUrl: this is not VCC's token endpoint",
  };
  return (
    nextSteps[code] ??
    `Check the client ID and secret, the region, that the client has the scope ${scope}, and ` +
      "that its admin user is active"
  );
}
