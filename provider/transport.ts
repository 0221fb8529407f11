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

export interface TransportOptions {
  /** How many requests may be under way at once. */
  maxConcurrency: number;
  /**
   * How long one attempt may take altogether, from when it may start until its answer is read. Unit:
   * milliseconds.
   */
  timeoutMs: number;
}

const maxBodyBytes = 64 * 1024;
const longestConnectMs = 10_000;

/** One pool of connections for everything that goes to an account, the token request included. */
export function createTransport({ maxConcurrency, timeoutMs }: TransportOptions): Transport {
  const dispatcher = new Agent({
    connections: maxConcurrency,
    // Well before the attempt ends: what could not connect has not been sent.
    connect: { timeout: Math.min(longestConnectMs, timeoutMs / 2) },
  });
  const turn = createTurns(maxConcurrency);
  return {
    close: () => dispatcher.close(),
    async send(outgoing) {
      const { url } = outgoing;
      const answer = await turn(() => exchange(outgoing, dispatcher, timeoutMs));
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

/**
 * Lets so many run at once, the rest in the order in which they came. undici would queue them too, but
 * their time would run while they wait.
 */
function createTurns(free: number) {
  const waiting: Array<() => void> = [];
  return async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

async function exchange(
  { url, headers, body }: OutgoingRequest,
  dispatcher: Agent,
  timeoutMs: number,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, { method: "POST", headers, body, dispatcher, signal });
    return {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: await readStart(response.body),
    };
  } catch (cause) {
    const reason = signal.aborted
      ? `no whole answer within ${timeoutMs / 1000} s`
      : reasonOf(codeOf(cause));
    throw new NetworkError(
      `[POST] ${url}: ${reason}. Check the network, and the region or the URL`,
      { cause, sent: signal.aborted || !failedToConnect(codeOf(cause)) },
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

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? "no code";
}

/** Before anything of the request went out: no connection, no name, no trust. */
function failedToConnect(code: string): boolean {
  return /^E(CONNREFUSED|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)$|CONNECT_TIMEOUT|CERT|TLS|SSL|UNABLE_TO/.test(
    code,
  );
}

function reasonOf(code: string): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: "the connection was refused",
    ECONNRESET: "the connection was reset",
    ENOTFOUND: "the host was not found",
    UND_ERR_CONNECT_TIMEOUT: "no connection in time",
    UND_ERR_SOCKET: "the connection was closed before the answer was complete",
  };
  return `${reasons[code] ?? "the connection failed"} (${code})`;
}
