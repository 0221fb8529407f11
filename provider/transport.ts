import { type Dispatcher, request } from "undici";
import type { Answer } from "./answer";
import { ContractError, NetworkError } from "./errors";

export interface OutgoingRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends a POST once and reads the answer, whatever its status, and as much of its body as arrives.
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
  const outgoing = Buffer.from(body);
  let sent = false;
  // Read only when it is written to a connection: before, nothing has gone out.
  async function* written() {
    sent = true;
    yield outgoing;
  }
  const networkError = (cause: unknown) => {
    const failure: Failure = signal.aborted
      ? { reason: `no whole answer within ${timeoutMs / 1000} s`, nextStep: checkNetwork }
      : failureOf(cause);
    const { reason, nextStep, retryable = true } = failure;
    return new NetworkError(`[POST] ${url}: ${reason}. ${nextStep}`, { cause, sent, retryable });
  };
  try {
    const response = await before(
      signal,
      request(url, {
        method: "POST",
        headers: { ...headers, "content-length": String(outgoing.length) },
        body: written() as never,
        dispatcher,
        signal,
      }),
    );
    const start = new StartOfBody();
    const broken = await before(signal, start.read(response.body)).then(
      () => undefined,
      networkError,
    );
    return {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: start.text,
      ...(broken !== undefined && { broken }),
    };
  } catch (cause) {
    throw networkError(cause);
  }
}

/** undici heeds the signal only where a connection stands; a proxy or a name server may hang before. */
function before<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const timeUp = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, timeUp]);
}

class StartOfBody {
  private readonly chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.chunks).subarray(0, maxBodyBytes).toString("utf8");
  }

  async read(body: AsyncIterable<Buffer>): Promise<void> {
    let bytes = 0;
    for await (const chunk of body) {
      this.chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxBodyBytes) return;
    }
  }
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
  /** False for what stands in the way until somebody mends it. */
  retryable?: boolean;
}

const checkNetwork =
  "Check the network, the proxy if there is one (HTTPS_PROXY, NO_PROXY), and the region or the URL";
const checkProxy = "Check HTTPS_PROXY and NO_PROXY, and that the proxy lets this host pass";
const reasons: Record<string, string> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the host was not found",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
};

/** By the first that matches the code: what is wrong with TLS, and what to do. */
const certificateProblems: Array<[RegExp, string, string]> = [
  [/ALTNAME/, "the server's certificate is for another name", "Check the region and the URL"],
  [
    /EXPIRED|NOT_YET_VALID/,
    "the server's certificate is not valid now",
    "Check the clock, or ask who runs the server",
  ],
  [
    /CERT|UNABLE_TO|SIGNATURE/,
    "the server's certificate is not trusted",
    "If a private authority signed it, set vcc:caFile (or VCC_CA_FILE) to its certificate",
  ],
  [/SSL|TLS/, "the server does not speak TLS as it should", "Check that the URL is one for https"],
];

function failureOf(cause: unknown): Failure {
  const { code = "no code", message = "" } = (cause ?? {}) as NodeJS.ErrnoException;
  const proxyStatus = /Proxy response \((\d+)\)/.exec(message)?.[1];
  if (proxyStatus !== undefined) {
    return {
      reason: `the proxy refused the connection (${proxyStatus})`,
      nextStep: checkProxy,
      retryable: proxyStatus.startsWith("5"),
    };
  }
  if (/PRX/.test(code)) {
    return { reason: `the proxy closed the connection (${code})`, nextStep: checkProxy };
  }
  const [, problem, nextStep] = certificateProblems.find(([pattern]) => pattern.test(code)) ?? [];
  if (problem !== undefined && nextStep !== undefined) {
    return { reason: `${problem} (${code})`, nextStep, retryable: false };
  }
  return {
    reason: `${reasons[code] ?? "the connection failed"} (${code})`,
    nextStep: checkNetwork,
  };
}
