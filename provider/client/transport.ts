import { type Dispatcher, request } from "undici";
import { NetworkError, ProtocolError } from "../errors";
import { raceAgainst, timeoutSignal } from "./deadline";
import { type HttpResponse, quote } from "./response";

export interface HttpRequest {
  url: string;
  headers: Record<string, string>;
  /** Of a POST. @default none: a GET */
  body?: string;
  /** What the request contains and no message may show, in clear text. */
  secrets: readonly string[];
  /** How messages name the request. @default method and URL */
  label?: string;
}

/**
 * Sends a request once and returns the response, whatever its status, with as much of its body as
 * arrives.
 *
 * @param timeoutMs for the whole exchange, in milliseconds
 * @throws NetworkError if there is no response
 * @throws ProtocolError for a redirect: a POST must not become a GET, and no other host may get the
 *   token
 */
export async function exchange(
  outgoing: HttpRequest,
  dispatcher: Dispatcher,
  timeoutMs: number,
): Promise<HttpResponse> {
  const { url, secrets, label = labelOf(outgoing) } = outgoing;
  const response = await sendAndReceive(outgoing, dispatcher, timeoutMs);
  if (response.status < 300 || response.status >= 400) return response;
  throw new ProtocolError(
    `${label}: ${response.status} redirects to ` +
      `${quote(hostOf(response.headers.location, url), secrets) || "an unknown host"}; ` +
      "redirects are not followed. Configure the final URL",
  );
}

function labelOf({ url, body }: HttpRequest): string {
  return `[${body === undefined ? "GET" : "POST"}] ${url}`;
}

async function sendAndReceive(
  outgoing: HttpRequest,
  dispatcher: Dispatcher,
  timeoutMs: number,
): Promise<HttpResponse> {
  const { url, headers, body, label = labelOf(outgoing) } = outgoing;
  const signal = timeoutSignal(timeoutMs);
  const isGet = body === undefined;
  const content = Buffer.from(body ?? "");
  let maybeSent = false;
  // undici reads the body when it writes to a connection; before that, nothing has been sent.
  async function* observedContent() {
    maybeSent = true;
    yield content;
  }
  const networkError = (cause: unknown) => {
    const failure: Failure = signal.aborted
      ? { reason: `no complete response within ${timeoutMs / 1000} s`, nextStep: checkNetwork }
      : describeFailure(cause);
    const { reason, nextStep, retryable = true } = failure;
    const message = `${label}: ${reason}. ${nextStep}`;
    return new NetworkError(message, { cause, maybeSent, retryable });
  };
  try {
    // undici respects the signal only on an open connection; a proxy or a DNS server may hang
    // before that.
    const response = await raceAgainst(
      signal,
      request(url, {
        method: isGet ? "GET" : "POST",
        headers: { ...headers, ...(!isGet && { "content-length": String(content.length) }) },
        body: isGet ? null : (observedContent() as never),
        dispatcher,
        signal,
      }),
    );
    const start = new BodyStart();
    const bodyError = await raceAgainst(signal, start.read(response.body)).then(
      () => undefined,
      networkError,
    );
    return {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: start.text,
      ...(bodyError !== undefined && { bodyError }),
    };
  } catch (cause) {
    throw networkError(cause);
  }
}

const maxBodyBytes = 64 * 1024;

/** Keeps what has been read if reading fails. */
class BodyStart {
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

/** The target host of a redirect. Empty if there is none. */
function hostOf(location: string | undefined, base: string): string {
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base).host : "";
}

interface Failure {
  reason: string;
  nextStep: string;
  /** @default true */
  retryable?: boolean;
}

const checkNetwork =
  "Check the network, the proxy if there is one (HTTPS_PROXY, NO_PROXY), the region and the URL";
const checkProxy = "Check HTTPS_PROXY and NO_PROXY, and that the proxy allows this host";
const reasons: Record<string, string> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the host was not found",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_SOCKET: "the connection was closed before the response was complete",
};

/** The first pattern that matches the error code applies. */
const tlsFailures: Array<Failure & { code: RegExp }> = [
  {
    code: /ALTNAME/,
    reason: "the server's certificate is for a different host name",
    nextStep: "Check the region and the URL",
  },
  {
    code: /EXPIRED|NOT_YET_VALID/,
    reason: "the server's certificate has expired or is not yet valid",
    nextStep: "Check the clock, or contact the operator of the server",
  },
  {
    code: /CERT|UNABLE_TO|SIGNATURE/,
    reason: "the server's certificate is not trusted",
    nextStep: "If a private CA signed it, set vcc:caFile (or VCC_CA_FILE) to the CA's certificate",
  },
  {
    code: /SSL|TLS/,
    reason: "the TLS handshake failed",
    nextStep: "Check that the URL is an https URL",
  },
];

function describeFailure(cause: unknown): Failure {
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
  // undici refuses to read on after a 100, and has no other error with this message.
  if (code === "UND_ERR_SOCKET" && message === "bad response") {
    return {
      reason: `the server sent an unsolicited 100 Continue before the response (${code})`,
      nextStep: "Report it to VCC, or to the operator of the proxy if there is one",
    };
  }
  const tlsFailure = tlsFailures.find((failure) => failure.code.test(code));
  if (tlsFailure !== undefined) {
    const { reason, nextStep } = tlsFailure;
    return { reason: `${reason} (${code})`, nextStep, retryable: false };
  }
  return {
    reason: `${reasons[code] ?? "the connection failed"} (${code})`,
    nextStep: checkNetwork,
  };
}
