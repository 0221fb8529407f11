import { type Answer, describeAnswer, nextStepFor } from "./answer";
import type { Connection } from "./connection";
import type { Credentials } from "./credentials";
import { createDispatcher } from "./dispatcher";
import {
  ApiError,
  AuthenticationError,
  DeadlineError,
  NetworkError,
  UnacknowledgedError,
} from "./errors";
import { type Clock, type RetryPolicy, retry } from "./retry";
import { retryAfterMs } from "./retry-after";
import type { ProviderSettings } from "./settings";
import { createThrottle } from "./throttle";
import { createTokenSource } from "./token";
import { exchange, type OutgoingRequest } from "./transport";

export interface RegisterClient {
  /**
   * Creates or overwrites the registration of a name. Any 2xx is success: VCC documents neither
   * the status nor the body.
   *
   * @param formerHeaders of a registration before: an answer may quote them, a message must not
   * @throws UnacknowledgedError when VCC may have taken it although no attempt succeeded
   * @throws AuthenticationError, ApiError, NetworkError, DeadlineError or ContractError when it has not
   * @see `POST /Register` of the VCC Interactions API
   */
  register(settings: ProviderSettings, formerHeaders?: Record<string, string>): Promise<void>;
  /** Ends all connections, whatever is under way. */
  close(): Promise<void>;
}

export interface RegisterClientOptions {
  clock: Clock;
  /** @default 5 */
  attempts?: number;
  /** A number from 0 up to, not including, 1. @default Math.random */
  random?: RetryPolicy["random"];
  /** Of one exchange, in milliseconds. @default 30,000 */
  timeoutMs?: number;
}

/** The API version is chosen by this media type, on the new domain too; VCC requires it. */
const mediaType = "application/vnd.newvoicemedia.v1+json";

const nextSteps: Record<number, string> = {
  400: "Compare the registration with the API's documentation",
  401: "Check that the client may use the scope interactions:write, that its admin user is active, and the region",
  403: "Ask for an account that may use the Interactions API",
  404: "Check the region and vcc:apiUrl",
  413: "Make the registration smaller",
  417: "Make the registration smaller",
};

const longestConnectMs = 10_000;

/** One client per account and process: it holds the token and the connections. */
export function createRegisterClient(
  connection: Connection,
  credentials: Credentials,
  { clock, attempts = 5, random = Math.random, timeoutMs = 30_000 }: RegisterClientOptions,
): RegisterClient {
  const { apiUrl, maxConcurrency, deadlineMs, caFile } = connection;
  const dispatcher = createDispatcher({
    maxConnections: maxConcurrency,
    // Well before the attempt ends: what could not connect has not been sent.
    connectTimeoutMs: Math.min(longestConnectMs, timeoutMs / 2),
    caFile,
  });
  const throttle = createThrottle(maxConcurrency, clock, random);
  const tokens = createTokenSource(credentials, connection, send, clock.now);
  const url = `${apiUrl}/Register`;

  function send(outgoing: OutgoingRequest, endMs: number): Promise<Answer> {
    return throttle.whenReady(endMs, async () => {
      const leftMs = endMs - clock.now();
      if (leftMs <= 0) {
        throw new DeadlineError(
          `[POST] ${outgoing.url}: not sent within ${deadlineMs / 1000} s (vcc:deadline). Run again later`,
        );
      }
      const answer = await exchange(outgoing, dispatcher, Math.min(timeoutMs, leftMs));
      throttle.heard(answer);
      return answer;
    });
  }

  async function post(
    settings: ProviderSettings,
    token: string,
    secrets: readonly string[],
    endMs: number,
  ): Promise<void> {
    const headers = {
      accept: mediaType,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    };
    const answer = await send({ url, headers, body: JSON.stringify(settings) }, endMs);
    if (answer.status >= 200 && answer.status < 300) return;

    const said = describeAnswer(answer, [token, ...secrets]);
    const nextStep = nextSteps[answer.status] ?? nextStepFor(answer.status);
    const message = `[POST] ${url}: ${said}. ${nextStep}`;
    if (answer.status === 401) throw new AuthenticationError(message);
    const askedMs = retryAfterMs(answer.headers["retry-after"], clock.now());
    throw new ApiError(message, answer.status, askedMs);
  }

  return {
    close: () => dispatcher.destroy(),
    register: (settings, formerHeaders = {}) =>
      // The deadline begins with the turn: who waits for others is not late.
      throttle.inTurn(async () => {
        let leftOpen = false;
        let renewed = false;
        const secrets = [
          "accessToken" in credentials ? credentials.accessToken : credentials.clientSecret,
          ...secretsOf(settings.headers),
          ...secretsOf(formerHeaders),
        ];

        async function attempt(endMs: number): Promise<void> {
          const token = await tokens.token(endMs);
          try {
            await post(settings, token, secrets, endMs);
          } catch (error) {
            leftOpen ||= leavesOpen(error);
            // It may have expired or been revoked: once, and then it is about something else.
            if (!(error instanceof AuthenticationError) || renewed || !tokens.forget(token)) {
              throw error;
            }
            renewed = true;
            await attempt(endMs);
          }
        }

        try {
          await retry(attempt, { attempts, deadlineMs, random }, clock);
        } catch (cause) {
          if (!leftOpen || !(cause instanceof Error)) throw cause;
          throw new UnacknowledgedError(
            `${cause.message}. VCC may have taken the registration all the same`,
            { cause },
          );
        }
      }),
  };
}

/** Whether the registration may have taken effect although it failed. */
function leavesOpen(error: unknown): boolean {
  if (error instanceof NetworkError) return error.sent;
  return error instanceof ApiError && (error.status === 408 || error.status >= 500);
}

/**
 * The values of the headers. Of an `Authorization` not the scheme, since hiding "Bearer" would spoil
 * what VCC says about it, but also what Basic credentials decode to.
 */
function secretsOf(headers: Record<string, string> = {}): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (name.toLowerCase() !== "authorization") return [value];
    const credentials = value.replace(/^\S+ +/, "");
    const decoded = Buffer.from(credentials, "base64").toString("utf8");
    return [credentials, decoded, decoded.replace(/^[^:]*:/, "")];
  });
}
