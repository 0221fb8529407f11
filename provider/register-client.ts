import { setTimeout as sleep } from "node:timers/promises";
import { describeAnswer } from "./answer";
import type { Connection, Credentials } from "./connection";
import { ApiError, AuthenticationError } from "./errors";
import { redact } from "./redaction";
import { type RetryPolicy, retry } from "./retry";
import type { ProviderSettings } from "./settings";
import { createTokenSource } from "./token";
import { createTransport } from "./transport";

export interface RegisterClient {
  /**
   * Creates or overwrites the registration of a name. Any 2xx is success: VCC documents neither
   * the status nor the body.
   *
   * @throws AuthenticationError, ApiError, NetworkError or ContractError
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
}

/** The API version is chosen by this media type, on the new domain too; VCC requires it. */
const mediaType = "application/vnd.newvoicemedia.v1+json";

const nextSteps: Record<number, string> = {
  400: "Compare the registration with the API's documentation",
  401: "Check that the client may use the scope interactions:write, that its admin user is active, and the region",
  403: "Ask for an account that may use the Interactions API",
  404: "Check the region and vcc:apiUrl",
  413: "Make the headers shorter",
  417: "Make the headers shorter",
  429: "The limit is shared by all VCC APIs of the account; wait a minute and run again",
};

/** One client per account and process: it holds the token and the connections. */
export function createRegisterClient(
  { apiUrl, authUrl, maxConcurrency }: Connection,
  credentials: Credentials,
  {
    now = Date.now,
    retryPolicy = { attempts: 3, sleep, random: Math.random },
  }: RegisterClientOptions = {},
): RegisterClient {
  const { send, close } = createTransport({ maxConcurrency });
  const tokens = createTokenSource(credentials, authUrl, send, now);
  const url = `${apiUrl}/Register`;

  async function attempt(settings: ProviderSettings): Promise<void> {
    const token = await tokens.token();
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

    const said = redact(describeAnswer(answer), [token, ...secretsOf(settings)]);
    const nextStep = nextSteps[answer.status] ?? "VCC has a problem; run again later";
    const message = `[POST] ${url}: ${said}. ${nextStep}`;
    throw answer.status === 401
      ? new AuthenticationError(message)
      : new ApiError(message, answer.status);
  }

  return { register: (settings) => retry(() => attempt(settings), retryPolicy), close };
}

/** The scheme of an `Authorization` is none: hiding "Bearer" would spoil what VCC says about it. */
function secretsOf({ headers = {} }: ProviderSettings): string[] {
  return Object.entries(headers).map(([name, value]) =>
    name.toLowerCase() === "authorization" ? value.replace(/^\S+ +/, "") : value,
  );
}
