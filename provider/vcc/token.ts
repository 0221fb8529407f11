import { ClientSecretBasic, ClientSecretPost } from "oauth4webapi";
import { ApiError, AuthenticationError, DeadlineError, ProtocolError } from "../errors";
import { raceAgainst, timeoutSignal } from "./clock";
import { headerSecrets } from "./redact";
import {
  describeResponse,
  type HttpResponse,
  isWebPage,
  nextStepFor,
  oauthErrorOf,
  reportsError,
} from "./response";
import { retryAfterMs } from "./retry";
import type { HttpRequest } from "./transport";

/** @param deadlineAtMs on the monotonic clock */
export type Send = (request: HttpRequest, deadlineAtMs: number) => Promise<HttpResponse>;

export interface TokenSource {
  /**
   * Returns a token that does not expire soon. Concurrent callers share one request, and each
   * keeps its own deadline. A failure is not cached.
   *
   * @param deadlineAtMs on the monotonic clock
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

export type Credentials = { accessToken: string } | { clientId: string; clientSecret: string };
type Client = Exclude<Credentials, { accessToken: string }>;

export interface TokenEndpoint {
  authUrl: string;
  /** How the client authenticates. VCC documents both ways. */
  clientAuthentication: "form" | "basic";
  /** For all attempts at one request, including waits. Unit: milliseconds. */
  totalTimeoutMs: number;
}

/** @param now of the monotonic clock */
export function createTokenSource(
  credentials: Credentials,
  endpoint: TokenEndpoint,
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
    const { token, lifetimeS } = await requestToken(client, endpoint, (request) =>
      send(request, requestedAtMs + endpoint.totalTimeoutMs),
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

interface Token {
  token: string;
  lifetimeS: number;
}

/** @see RFC 6749, section 4.4 */
async function requestToken(
  { clientId, clientSecret }: Client,
  { authUrl, clientAuthentication }: TokenEndpoint,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<Token> {
  const authenticate = { form: ClientSecretPost, basic: ClientSecretBasic }[clientAuthentication];
  const body = new URLSearchParams({ grant_type: "client_credentials", scope });
  const headers = new Headers({
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  });
  authenticate(clientSecret)({ issuer: authUrl }, { client_id: clientId }, body, headers);
  const authorization = headers.get("authorization") ?? "";
  const secrets = [clientSecret, ...headerSecrets({ authorization })];
  const response = await send({
    url: authUrl,
    headers: Object.fromEntries(headers),
    body: body.toString(),
    secrets,
  });

  const { status, bodyError } = response;
  if (status === 200 && bodyError !== undefined) throw bodyError;
  if (status === 200 && !reportsError(response)) return parseToken(response, authUrl);
  const description = `[POST] ${authUrl}: ${describeResponse(response, secrets)}`;
  if ([200, 400, 401, 403].includes(status)) {
    const nextStep = nextSteps.get(oauthErrorOf(response) ?? "") ?? checkCredentials;
    throw new AuthenticationError(`${description}. ${nextStep}`);
  }
  if (status < 400) throw notAToken(response, authUrl);
  throw new ApiError(
    `${description}. ${nextStepFor(status)}`,
    status,
    retryAfterMs(response.headers),
  );
}

/** Reads the members that the client uses: others, even invalid ones, do not matter. */
function parseToken(response: HttpResponse, authUrl: string): Token {
  const { access_token: token, token_type: type, expires_in } = parseObject(response.body);
  // The token must be valid in a header.
  if (typeof token !== "string" || !/^[!-~]+$/.test(token) || typeof type !== "string") {
    throw notAToken(response, authUrl);
  }
  if (type.toLowerCase() !== "bearer") {
    throw new ProtocolError(
      `[POST] ${authUrl}: 200, but the token is not of the type Bearer, the only one that VCC ` +
        "documents. Check vcc:authUrl",
    );
  }
  const lifetimeS = Number(expires_in);
  const isValid = lifetimeS > 0 && Number.isFinite(lifetimeS);
  return { token, lifetimeS: isValid ? lifetimeS : defaultLifetimeS };
}

function parseObject(body: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(body.trim()) };
  } catch {
    return {};
  }
}

function notAToken(response: HttpResponse, authUrl: string): ProtocolError {
  const found = isWebPage(response)
    ? `a web page from ${new URL(authUrl).host}. Check the proxy, the region and the URL`
    : "not an OAuth 2.0 token. Check the URL";
  return new ProtocolError(`[POST] ${authUrl}: ${response.status}, but the response is ${found}`);
}

/** Each by its error code. @see RFC 6749, section 5.2 */
const nextSteps = new Map([
  ["insufficient_scope", `Ask for an API client with the scope ${scope}`],
  ["invalid_scope", `Ask for an API client with the scope ${scope}`],
  ["unauthorized_client", "Ask for an API client with the grant type client_credentials"],
  ["unsupported_grant_type", "Check vcc:authUrl: this is not VCC's token endpoint"],
]);
const checkCredentials =
  `Check the client ID and secret, the region, that the client has the scope ${scope}, and ` +
  "that its admin user is active";
