import {
  allowInsecureRequests,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  processClientCredentialsResponse,
} from "oauth4webapi";
import { type Answer, describeAnswer, nextStepFor } from "./answer";
import type { Credentials } from "./connection";
import { ApiError, AuthenticationError, ContractError } from "./errors";
import type { Send } from "./transport";

export interface TokenSource {
  /**
   * A token that is still valid for a while. Concurrent callers share one request; a failure is
   * not kept.
   *
   * @throws AuthenticationError when the credentials are refused
   */
  token(): Promise<string>;
}

/** The documented scope of Register. */
const scope = "interactions:write";

/** Where the answer does not say: the shorter of the two lifetimes that VCC documents. */
const lifetimeIfUnstatedS = 900;

/** A token is renewed this long before its end, or a tenth of its life before if that is less. */
const longestLeewayS = 60;

export function createTokenSource(
  credentials: Credentials,
  authUrl: string,
  send: Send,
  now: () => number,
): TokenSource {
  if ("accessToken" in credentials) {
    const { accessToken } = credentials;
    return { token: async () => accessToken };
  }
  let current: { token: string; renewAtMs: number } | undefined;
  let pending: Promise<string> | undefined;

  async function renew(client: { clientId: string; clientSecret: string }): Promise<string> {
    const requestedAtMs = now();
    const { access_token: token, expires_in: lifetimeS = lifetimeIfUnstatedS } = await requestToken(
      client,
      authUrl,
      send,
    );
    const usableS = lifetimeS - Math.min(longestLeewayS, lifetimeS / 10);
    current = { token, renewAtMs: requestedAtMs + usableS * 1000 };
    return token;
  }

  return {
    token() {
      if (current !== undefined && now() < current.renewAtMs) {
        return Promise.resolve(current.token);
      }
      pending ??= renew(credentials).finally(() => {
        pending = undefined;
      });
      return pending;
    },
  };
}

/** @see RFC 6749, section 4.4 */
async function requestToken(
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
  authUrl: string,
  send: Send,
) {
  const server = { issuer: authUrl, token_endpoint: authUrl };
  const client = { client_id: clientId };
  let answer: Answer | undefined;
  const response = await clientCredentialsGrantRequest(
    server,
    client,
    ClientSecretPost(clientSecret),
    { scope },
    {
      // `connection` has let http pass on loopback only.
      [allowInsecureRequests]: true,
      [customFetch]: async (url, { headers, body }) => {
        answer = await send({ url, headers, body: String(body) });
        return new Response(answer.body || null, answer);
      },
    },
  );
  if (answer === undefined) throw new ContractError(`[POST] ${authUrl}: no request was made`);

  const said = describeAnswer(answer, [clientSecret]);
  if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
    throw new AuthenticationError(
      `[POST] ${authUrl}: ${said}. Check the client id and secret, that the client may use the ` +
        `scope ${scope}, that its admin user is active, and the region`,
    );
  }
  if (answer.status >= 400) {
    const message = `[POST] ${authUrl}: ${said}. ${nextStepFor(answer.status)}`;
    throw new ApiError(message, answer.status);
  }
  try {
    return await processClientCredentialsResponse(server, client, response);
  } catch {
    // The library's errors carry the body, and with it perhaps a token.
    throw new ContractError(
      `[POST] ${authUrl}: ${answer.status}, but the answer is no OAuth 2.0 token. Check the URL`,
    );
  }
}
