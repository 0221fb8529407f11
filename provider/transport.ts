import { type Dispatcher, request } from "undici";
import type { Answer } from "./answer";
import { ContractError, NetworkError } from "./errors";

export interface OutgoingRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends a POST once and reads the answer, whatever its status.
 *
 * @param timeoutMs for the whole exchange, in milliseconds
 * @throws NetworkError when there is no answer
 * @throws ContractError for a redirect: a POST must not become a GET, nor a token reach a host that
 *   nobody configured
 */
export async function exchange(
  outgoing: OutgoingRequest,
  dispatcher: Dispatcher,
  timeoutMs: number,
): Promise<Answer> {
  const { url } = outgoing;
  const answer = await sendAndRead(outgoing, dispatcher, timeoutMs);
  if (answer.status < 300 || answer.status >= 400) return answer;
  throw new ContractError(
    `[POST] ${url}: ${answer.status} redirects to ${hostOf(answer.headers.location, url)}, ` +
      "which is not followed; configure the final URL",
  );
}

const maxBodyBytes = 64 * 1024;

async function sendAndRead(
  { url, headers, body }: OutgoingRequest,
  dispatcher: Dispatcher,
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
    const { reason, nextStep, ...facts } = signal.aborted
      ? {
          reason: `no whole answer within ${timeoutMs / 1000} s`,
          nextStep: checkNetwork,
          sent: true,
        }
      : failureOf(cause);
    throw new NetworkError(`[POST] ${url}: ${reason}. ${nextStep}`, { cause, ...facts });
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

interface Failure {
  reason: string;
  nextStep: string;
  sent: boolean;
  retryable?: boolean;
}

const checkNetwork = "Check the network, and the region or the URL";
const reasons: Record<string, string> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the host was not found",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
};

function failureOf(cause: unknown): Failure {
  const { code = "no code", message = "" } = (cause ?? {}) as NodeJS.ErrnoException;
  const proxyStatus = /Proxy response \((\d+)\)/.exec(message)?.[1];
  if (proxyStatus !== undefined) {
    return {
      reason: `the proxy refused the connection (${proxyStatus})`,
      nextStep: "Check HTTPS_PROXY and NO_PROXY, and that the proxy lets this host pass",
      sent: false,
      retryable: proxyStatus.startsWith("5"),
    };
  }
  if (/CERT|TLS|SSL|UNABLE_TO/.test(code)) {
    return {
      reason: `the server's certificate is not trusted (${code})`,
      nextStep:
        "If a private authority signed it, set vcc:caFile (or VCC_CA_FILE) to its certificate",
      sent: false,
      retryable: false,
    };
  }
  return {
    reason: `${reasons[code] ?? "the connection failed"} (${code})`,
    nextStep: checkNetwork,
    // Without a connection nothing went out.
    sent: !/^E(CONNREFUSED|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)$|CONNECT_TIMEOUT/.test(code),
  };
}
