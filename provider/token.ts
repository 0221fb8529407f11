import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  processClientCredentialsResponse,
} from "oauth4webapi";
import { type Answer, describeAnswer, nextStepFor } from "./answer";
import type { Connection } from "./connection";
import type { Credentials } from "./credentials";
import { ApiError, AuthenticationError, ContractError, DeadlineError } from "./errors";
import { retryAfterMs } from "./retry-after";
import type { OutgoingRequest } from "./transport";

/** @param endMs when the answer is needed at the latest: milliseconds since the epoch */
export type Send = (outgoing: OutgoingRequest, endMs: number) => Promise<Answer>;

export interface TokenSource {
  /**
   * A token that is still valid for a while. Concurrent callers share one request; a failure is
   * not kept.
   *
   * @param endMs when it is needed at the latest: milliseconds since the epoch
   * @throws AuthenticationError when the credentials are refused
   */
  token(endMs: number): Promise<string>;
  /** Never returns this token again. False when there cannot be another one. */
  forget(token: string): boolean;
}

/** The documented scope of Register. */
const scope = "interactions:write";

/** Where the answer does not say: the shorter of the two lifetimes that VCC documents. */
const lifetimeIfUnstatedS = 900;

/** A token is renewed this long before its end, or a tenth of its life before if that is less. */
const longestLeewayS = 60;

type Client = Exclude<Credentials, { accessToken: string }>;

export function createTokenSource(
  credentials: Credentials,
  connection: Pick<Connection, "authUrl" | "clientAuthentication">,
  send: Send,
  now: () => number,
): TokenSource {
  if ("accessToken" in credentials) {
    const { accessToken } = credentials;
    return { token: async () => accessToken, forget: () => false };
  }
  let current: { token: string; renewAtMs: number } | undefined;
  let pending: { token: Promise<string>; endMs: number } | undefined;

  async function renew(client: Client, endMs: number): Promise<string> {
    const requestedAtMs = now();
    const { access_token: token, expires_in: lifetimeS = lifetimeIfUnstatedS } = await requestToken(
      client,
      connection,
      (outgoing) => send(outgoing, endMs),
      now,
    );
    const usableS = lifetimeS - Math.min(longestLeewayS, lifetimeS / 10);
    current = { token, renewAtMs: requestedAtMs + usableS * 1000 };
    return token;
  }

  return {
    async token(endMs) {
      if (current !== undefined && now() < current.renewAtMs) return current.token;
      pending ??= {
        endMs,
        token: renew(credentials, endMs).finally(() => {
          pending = undefined;
        }),
      };
      const asked = pending;
      const token = asked.token.catch((error) => {
        // Whoever asked first had less time.
        if (error instanceof DeadlineError && asked.endMs < endMs) return this.token(endMs);
        throw error;
      });
      return beforeEnd(token, endMs, now);
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
  { authUrl, clientAuthentication }: Pick<Connection, "authUrl" | "clientAuthentication">,
  send: (outgoing: OutgoingRequest) => Promise<Answer>,
  now: () => number,
) {
  const server = { issuer: authUrl, token_endpoint: authUrl };
  const client = { client_id: clientId };
  const authenticate = { form: ClientSecretPost, basic: ClientSecretBasic }[clientAuthentication];
  function judge(answer: Answer): Answer {
    const { status, headers, broken } = answer;
    if (status === 200 && broken !== undefined) throw broken;
    if (status === 200) return answer;
    const said = describeAnswer(answer, [
      clientSecret,
      ...basicCredentials(clientId, clientSecret),
    ]);
    if (status === 400 || status === 401 || status === 403) {
      throw new AuthenticationError(`[POST] ${authUrl}: ${said}. ${nextStepAfter(answer)}`);
    }
    if (status < 400) throw noToken(status);
    const message = `[POST] ${authUrl}: ${said}. ${nextStepFor(status)}`;
    throw new ApiError(message, status, retryAfterMs(headers["retry-after"], now()));
  }
  const noToken = (status: number) =>
    new ContractError(
      `[POST] ${authUrl}: ${status}, but the answer is no OAuth 2.0 token. Check the URL`,
    );

  const response = await clientCredentialsGrantRequest(
    server,
    client,
    authenticate(clientSecret),
    { scope },
    {
      // `connection` has let http pass on loopback only.
      [allowInsecureRequests]: true,
      [customFetch]: async (url, { headers, body }) => {
        const answer = judge(await send({ url, headers, body: String(body) }));
        return new Response(withoutBadLifetime(answer.body), { headers: answer.headers });
      },
    },
  );
  const granted = await processClientCredentialsResponse(server, client, response).catch(() => {
    // The library's errors carry the body, and with it perhaps a token.
    throw noToken(200);
  });
  // It has to fit into a header.
  if (!/^[!-~]+$/.test(granted.access_token)) throw noToken(200);
  return granted;
}

/** A lifetime that is no number of seconds is taken for unstated: the token may be good. */
function withoutBadLifetime(body: string): string {
  try {
    const { expires_in, ...token } = JSON.parse(body);
    return Number(expires_in) > 0 ? body : JSON.stringify(token);
  } catch {
    return body;
  }
}

/** @see RFC 6749, section 5.2 */
function nextStepAfter({ body }: Answer): string {
  const [, code = ""] = /"error"\s*:\s*"(\w+)"/.exec(body) ?? [];
  const nextSteps: Record<string, string> = {
    invalid_scope: `Ask for an API client that may use the scope ${scope}`,
    unauthorized_client: "Ask for an API client that may use client credentials",
    unsupported_grant_type: "Check vcc:authUrl: this is not the token endpoint of VCC",
  };
  return (
    nextSteps[code] ??
    `Check the client id and secret, that the client may use the scope ${scope}, that its admin ` +
      "user is active, and the region"
  );
}

/** As HTTP Basic carries them: RFC 6749 has them form-encoded within, which not everybody does. */
function basicCredentials(...parts: [string, string]): string[] {
  return [parts, parts.map(encodeURIComponent)].map((pair) =>
    Buffer.from(pair.join(":")).toString("base64"),
  );
}

/** Whoever shares a request that began with more time has no more time than before. */
async function beforeEnd<Result>(work: Promise<Result>, endMs: number, now: () => number) {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    const leftMs = Math.min(endMs - now(), 2 ** 31 - 1);
    timer = setTimeout(() => {
      reject(new DeadlineError("no token before the deadline (vcc:deadline). Run again later"));
    }, leftMs);
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
