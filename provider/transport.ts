import { Agent, request } from "undici";
import type { Answer } from "./answer";
import { ContractError, NetworkError } from "./errors";

export interface OutgoingRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Sends a POST once and reads the answer, whatever its status. */
export type Send = (outgoing: OutgoingRequest) => Promise<Answer>;

export interface Transport {
  /**
   * @throws NetworkError when there is no answer
   * @throws ContractError for a redirect: a POST must not become a GET, nor a token reach a host
   *   that nobody configured
   */
  send: Send;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;
const answerTimeoutMs = 30_000;
const maxBodyBytes = 64 * 1024;

/** One pool of connections for everything that goes to an account, the token request included. */
export function createTransport({ maxConcurrency }: { maxConcurrency: number }): Transport {
  const dispatcher = new Agent({
    connections: maxConcurrency,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
  return {
    close: () => dispatcher.close(),
    async send({ url, headers, body }) {
      const answer = await exchange(url, headers, body, dispatcher);
      if (answer.status >= 300 && answer.status < 400) {
        throw new ContractError(
          `[POST] ${url}: ${answer.status} redirects to ${hostOf(answer.headers.location, url)}, ` +
            "which is not followed; configure the final URL",
        );
      }
      return answer;
    },
  };
}

async function exchange(
  url: string,
  headers: Record<string, string>,
  body: string,
  dispatcher: Agent,
): Promise<Answer> {
  try {
    const response = await request(url, { method: "POST", headers, body, dispatcher });
    return {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: await readStart(response.body),
    };
  } catch (cause) {
    throw new NetworkError(
      `[POST] ${url}: ${reasonOf(cause)}. Check the network, a proxy, and the region or the URL; ` +
        "registering again is safe",
      { cause },
    );
  }
}

async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBodyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString("utf8");
}

/** Where a redirect leads, without what else its URL may carry. */
function hostOf(location: string | undefined, base: string): string {
  return location !== undefined && URL.canParse(location, base)
    ? new URL(location, base).host
    : "nowhere";
}

function reasonOf(cause: unknown): string {
  const { code = "no code" } = cause as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ECONNREFUSED: "the connection was refused",
    ECONNRESET: "the connection was reset",
    ENOTFOUND: "the host was not found",
    UND_ERR_CONNECT_TIMEOUT: `no connection within ${connectTimeoutMs / 1000} s`,
    UND_ERR_HEADERS_TIMEOUT: `no answer within ${answerTimeoutMs / 1000} s`,
    UND_ERR_BODY_TIMEOUT: `the answer stopped for ${answerTimeoutMs / 1000} s`,
    UND_ERR_SOCKET: "the connection was closed before the answer was complete",
  };
  const reason = reasons[code];
  return reason === undefined ? `the connection failed (${code})` : `${reason} (${code})`;
}
