import pLimit from "p-limit";
import { ApiError, AuthenticationError, DeadlineError, ProtocolError, VccError } from "../errors";
import type { Clock } from "./clock";
import type { Invocation } from "./invocation";
import { type CaFile, createNetwork } from "./network";
import type { ProviderSettings } from "./provider-settings";
import { headerSecrets } from "./redact";
import {
  contradictionOf,
  describeResponse,
  type HttpResponse,
  nextStepFor,
  oauthErrorOf,
} from "./response";
import { type RetryPolicy, retry, retryAfterMs } from "./retry";
import { createThrottle } from "./throttle";
import { type Credentials, createTokenSource, type TokenEndpoint } from "./token";
import { exchange, type HttpRequest } from "./transport";

/** How to reach one VCC account. */
export interface Connection extends TokenEndpoint {
  /** The Interactions API, without a slash at the end. */
  apiUrl: string;
  /** The number of concurrent connections. */
  maxConcurrency: number;
  caFile?: CaFile | undefined;
}

/** What is known of a request after the last attempt. */
export type Outcome =
  | { kind: "acknowledged" }
  /** VCC has not accepted it. */
  | { kind: "refused"; error: VccError }
  /** No attempt succeeded, but VCC may have accepted one. */
  | { kind: "unknown"; error: VccError };

export interface RegisterClient {
  /**
   * Creates or overwrites the registration of a name. Any 2xx acknowledges, unless its body shows
   * that it does not come from VCC.
   *
   * @param secrets parts of header values that messages hide, in addition to the header values
   * @see `POST /Register` of the VCC Interactions API
   */
  register(settings: ProviderSettings, secrets?: readonly string[]): Promise<Outcome>;
  /**
   * Dispatches or releases an interaction.
   *
   * @param signal no attempt starts after it aborts, except the first
   * @see `POST /Invoke` of the VCC Interactions API
   */
  invoke(invocation: Invocation, signal?: AbortSignal): Promise<Outcome>;
  /** Closes all connections, including those in use. */
  close(): Promise<void>;
}

export interface RegisterClientOptions {
  clock: Clock;
  /** @default 5 */
  maxAttempts?: number;
  /** A number from 0 up to, not including, 1. @default Math.random */
  random?: RetryPolicy["random"];
  /** Unit: milliseconds. @default 30,000 */
  attemptTimeoutMs?: number;
}

/** Selects the API version. VCC requires it, even on the new domain. */
const mediaType = "application/vnd.newvoicemedia.v1+json";

const nextSteps = new Map<string | number, string>([
  // The error code of a 401 or 403 says more than the status.
  [
    "insufficient_scope",
    "The API client lacks the scope interactions:write: ask for one that has it",
  ],
  [
    "invalid_token",
    "Check the region, and, if vcc:accessToken (or VCC_ACCESS_TOKEN) is set, that it has not expired",
  ],
  [400, "Check the arguments against the API documentation"],
  [
    401,
    "Check the region, that the client has the scope interactions:write, and that its admin user is active",
  ],
  [403, "Ask for an account with access to the Interactions API"],
  [404, "Check the region and vcc:apiUrl"],
  [413, "Make the registration smaller"],
  [417, "Make the registration smaller"],
]);

/** A request to VCC that needs a token. */
interface Call {
  path: "/Register" | "/Invoke";
  content: object;
  /** What it contains and no message may show, in clear text. */
  ownSecrets: string[];
}

const maxConnectTimeoutMs = 10_000;

/** For the clients of all accounts together. Requests that wait for a limit to end do not count. */
const processLimit = pLimit(64);

/** Creates the client of one account. It holds the token and the connections. */
export function createRegisterClient(
  connection: Connection,
  credentials: Credentials,
  {
    clock,
    maxAttempts = 5,
    random = Math.random,
    attemptTimeoutMs = 30_000,
  }: RegisterClientOptions,
): RegisterClient {
  const { apiUrl, authUrl, maxConcurrency, totalTimeoutMs, caFile } = connection;
  // Shorter than the attempt, so that a connection timeout proves that nothing was sent.
  const connectTimeoutMs = Math.min(maxConnectTimeoutMs, attemptTimeoutMs / 2);
  const network = createNetwork({
    urls: [apiUrl, authUrl],
    connections: maxConcurrency,
    caFile,
    connectTimeoutMs,
  });
  const limit = pLimit(maxConcurrency);
  const throttle = createThrottle(clock, random);
  const tokens = createTokenSource(credentials, connection, send, clock.now);
  const clientSecrets = "clientSecret" in credentials ? [credentials.clientSecret] : [];

  async function send(request: HttpRequest, deadlineAtMs: number): Promise<HttpResponse> {
    await throttle.ready(deadlineAtMs);
    return processLimit(async () => {
      const remainingMs = deadlineAtMs - clock.now();
      if (remainingMs <= 0) {
        throw new DeadlineError(
          `[POST] ${request.url}: not sent within ${totalTimeoutMs / 1000} s (vcc:deadline). Run again later`,
        );
      }
      const response = await exchange(request, network, Math.min(attemptTimeoutMs, remainingMs));
      throttle.observe(response);
      return response;
    });
  }

  async function post(
    { path, content, ownSecrets }: Call,
    token: string,
    deadlineAtMs: number,
  ): Promise<void> {
    const url = apiUrl + path;
    const headers = {
      accept: mediaType,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify(content);
    const secrets = [token, ...ownSecrets, ...clientSecrets];
    const response = await send({ url, headers, body, secrets }, deadlineAtMs);
    const { status } = response;
    const description = `[POST] ${url}: ${describeResponse(response, secrets)}`;
    if (status >= 200 && status < 300) {
      const contradiction = contradictionOf(response, url);
      if (contradiction === undefined) return;
      throw new ProtocolError(`${description}. ${contradiction}`, { outcomeUnknown: true });
    }
    const code = [401, 403].includes(status) ? oauthErrorOf(response) : undefined;
    const nextStep = nextSteps.get(code ?? status) ?? nextSteps.get(status) ?? nextStepFor(status);
    const message = `${description}. ${nextStep}`;
    if (status === 401) throw new AuthenticationError(message);
    throw new ApiError(message, status, retryAfterMs(response.headers));
  }

  /** Any 2xx acknowledges. A call is idempotent, so that it can be repeated. */
  function request(call: Call, signal?: AbortSignal): Promise<Outcome> {
    // The deadline starts when a slot is free: waiting for other requests does not count.
    return limit(async () => {
      let outcomeUnknown = false;
      let tokenRenewed = false;

      async function attempt(deadlineAtMs: number): Promise<void> {
        const token = await tokens.token(deadlineAtMs);
        try {
          await post(call, token, deadlineAtMs);
        } catch (error) {
          outcomeUnknown ||= error instanceof VccError && error.outcomeUnknown;
          // The token may have expired or been revoked. A second 401 has another cause.
          if (!(error instanceof AuthenticationError) || tokenRenewed || !tokens.forget(token)) {
            throw error;
          }
          if (signal?.aborted) throw error;
          tokenRenewed = true;
          await attempt(deadlineAtMs);
        }
      }

      try {
        await retry(attempt, { maxAttempts, totalTimeoutMs, random, signal }, clock);
        return { kind: "acknowledged" };
      } catch (error) {
        if (error instanceof VccError) {
          return { kind: outcomeUnknown ? "unknown" : "refused", error };
        }
        // Even a bug must not hide that VCC may have accepted an earlier attempt.
        if (!outcomeUnknown) throw error;
        return { kind: "unknown", error: new ProtocolError(`${error}`, { outcomeUnknown }) };
      }
    });
  }

  return {
    close: () => network.dispatcher.destroy(),
    register: (settings, secrets = []) =>
      request({
        path: "/Register",
        content: settings,
        ownSecrets: [...secretsOf(settings), ...secrets],
      }),
    invoke: (invocation, signal) =>
      request({ path: "/Invoke", content: invocation, ownSecrets: [] }, signal),
  };
}

/** A program may have made its endpoint a secret. */
function secretsOf({ headers, endpoint = "" }: ProviderSettings): string[] {
  return [...headerSecrets(headers), endpoint.replace(/^https:\/\//i, "")];
}
