import { setTimeout as sleep } from "node:timers/promises";
import { describeAnswer, nextStepFor } from "./answer";
import type { Connection, Credentials } from "./connection";
import { ApiError, AuthenticationError, NetworkError, UnacknowledgedError } from "./errors";
import { type RetryPolicy, retry } from "./retry";
import type { ProviderSettings } from "./settings";
import { createTokenSource } from "./token";
import { createTransport } from "./transport";

export interface RegisterClient {
  /**
   * Creates or overwrites the registration of a name. Any 2xx is success: VCC documents neither
   * the status nor the body.
   *
   * @throws UnacknowledgedError when VCC may have taken it although no attempt succeeded
   * @throws AuthenticationError, ApiError, NetworkError or ContractError when it has not
   * @see `POST /Register` of the VCC Interactions API
   */
  register(settings: ProviderSettings): Promise<void>;
  close(): Promise<void>;
}

export interface RegisterClientOptions {
  /** Milliseconds since the epoch. @default Date.now */
  now?: () => number;
  /** @default three attempts */
  retryPolicy?: RetryPolicy;
  /** Of one attempt, in milliseconds. @default 30,000 */
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

/** One client per account and process: it holds the token and the connections. */
export function createRegisterClient(
  { apiUrl, authUrl, maxConcurrency }: Connection,
  credentials: Credentials,
  {
    now = Date.now,
    retryPolicy = { attempts: 3, sleep, random: Math.random },
    timeoutMs = 30_000,
  }: RegisterClientOptions = {},
): RegisterClient {
  const { send, close } = createTransport({ maxConcurrency, timeoutMs });
  const tokens = createTokenSource(credentials, authUrl, send, now);
  const url = `${apiUrl}/Register`;

  async function post(settings: ProviderSettings, token: string): Promise<void> {
    const answer = await send({
      url,
      headers: {
        accept: mediaType,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(settings),
    });
    if (answer.status >= 200 && answer.status < 300) return;

    const said = describeAnswer(answer, [token, ...secretsOf(settings)]);
    const nextStep = nextSteps[answer.status] ?? nextStepFor(answer.status);
    const message = `[POST] ${url}: ${said}. ${nextStep}`;
    throw answer.status === 401
      ? new AuthenticationError(message)
      : new ApiError(message, answer.status);
  }

  return {
    close,
    async register(settings) {
      let leftOpen = false;
      try {
        await retry(async () => {
          const token = await tokens.token();
          await post(settings, token).catch((error) => {
            leftOpen ||= leavesOpen(error);
            throw error;
          });
        }, retryPolicy);
      } catch (cause) {
        if (!leftOpen || !(cause instanceof Error)) throw cause;
        throw new UnacknowledgedError(
          `${cause.message}. VCC may have taken the registration all the same`,
          { cause },
        );
      }
    },
  };
}

/** Whether the registration may have taken effect although it failed. */
function leavesOpen(error: unknown): boolean {
  return error instanceof NetworkError ? error.sent : error instanceof ApiError && error.retryable;
}

/**
 * The values of the headers. Of an `Authorization` not the scheme, since hiding "Bearer" would spoil
 * what VCC says about it, but also what Basic credentials decode to.
 */
function secretsOf({ headers = {} }: ProviderSettings): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (name.toLowerCase() !== "authorization") return [value];
    const credentials = value.replace(/^\S+ +/, "");
    const decoded = Buffer.from(credentials, "base64").toString("utf8");
    return [credentials, decoded, decoded.replace(/^[^:]*:/, "")];
  });
}
