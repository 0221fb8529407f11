import { request } from "undici";
import { NetworkError, ProtocolError } from "../errors";
import { raceAgainst, timeoutSignal } from "./clock";
import { checkNetwork, describeFailure, type Failure } from "./failure";
import type { Network } from "./network";
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
  network: Network,
  timeoutMs: number,
): Promise<HttpResponse> {
  const { label = labelOf(outgoing) } = outgoing;
  const response = await sendAndReceive(outgoing, network, timeoutMs);
  if (!isRedirect(response)) return response;
  throw new ProtocolError(
    `${label}: ${describeRedirect(response, outgoing)}; redirects are not followed. Configure the final URL`,
  );
}

export function isRedirect({ status }: HttpResponse): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** Describes a redirect in a few words, without secrets. */
export function describeRedirect(
  { status, headers }: HttpResponse,
  { url, secrets }: Pick<HttpRequest, "url" | "secrets">,
): string {
  const host = quote(hostOf(headers.location, url), secrets) || "an unknown host";
  return `${status} redirects to ${host}`;
}

function labelOf({ url, body }: HttpRequest): string {
  return `[${body === undefined ? "GET" : "POST"}] ${url}`;
}

/**
 * Sends a request once and returns the response, as `exchange` does, but also a redirect.
 *
 * @throws NetworkError if there is no response
 */
export async function sendAndReceive(
  outgoing: HttpRequest,
  network: Network,
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
      : describeFailure(cause, network);
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
        headers: {
          ...headers,
          "accept-encoding": "identity",
          ...(!isGet && { "content-length": String(content.length) }),
        },
        body: isGet ? null : (observedContent() as never),
        dispatcher: network.dispatcher,
        signal,
        // undici's types lack this option.
        ...(network.http1Only && ({ allowH2: false } as object)),
      }),
    );
    const start = new BodyStart();
    const bodyError = await raceAgainst(signal, start.read(response.body)).then(
      () => undefined,
      networkError,
    );
    const received = {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: start.text,
      ...(bodyError !== undefined && { bodyError }),
    };
    const compression = compressionOf(received);
    if (compression === undefined) return received;
    const problem = `${received.status}, but the response is compressed (${compression}), although the request forbids it`;
    return {
      ...received,
      body: "",
      bodyError: new ProtocolError(`${label}: ${problem}. Check the proxy`),
    };
  } catch (cause) {
    if (network.http1Only || !requiresHttp1(cause)) throw networkError(cause);
    network.http1Only = true;
    return sendAndReceive(outgoing, network, timeoutMs);
  }
}

function compressionOf({ headers, body }: HttpResponse): string | undefined {
  if (body === "") return undefined;
  // Without the header, only gzip is recognizable.
  const { "content-encoding": encoding = body.startsWith("\u001f") ? "gzip" : "" } = headers;
  return encoding.match(/(?!identity)\b[\w-]{1,20}/i)?.[0];
}

/** @see RFC 9113, section 7: the error code HTTP_1_1_REQUIRED is 13 */
function requiresHttp1(cause: unknown): boolean {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return /^ERR_HTTP2/.test(code) && /HTTP_1_1_REQUIRED|code 13$/.test(message);
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
