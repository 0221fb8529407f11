import { setTimeout as delay } from "node:timers/promises";
import type { Behavior } from "./behavior";
import type { Fault, Faults } from "./faults";
import type { Route } from "./listener";
import type { RecordedRequest } from "./records";
import { denial, errorOf, htmlPage, respond } from "./responses";
import { type Endpoint, endpointOf, type Vcc, type VccRequest } from "./vcc/vcc";

/** Lets VCC or a fault respond, after the latency. */
export function createExchange({
  vcc,
  faults,
  behavior,
  now,
  onArrival,
}: {
  vcc: Vcc;
  faults: Faults;
  behavior: Behavior;
  now: () => number;
  /**
   * Called when a request arrives. Returns what is called before the response, so that the client finds its
   * request recorded.
   */
  onArrival: () => (request: RecordedRequest) => void;
}): Route {
  return async (request: VccRequest) => {
    const onResponse = onArrival();
    const startedAt = now();
    const path = new URL(request.url).pathname;
    const endpoint = endpointOf(path);
    const fault = endpoint && faults.take(endpoint);
    if (fault?.kind === "revoke-token") vcc.tokens.revoke();
    const undamaged =
      replacementOf(fault, endpoint, behavior) ??
      (await vcc
        .handle(request)
        .catch((cause) => (hasDisconnected(cause) ? Response.error() : errorOf(cause))));
    const delayMs = behavior.latencyMs + (fault?.kind === "slow" ? fault.ms : 0);
    if (delayMs > 0 && undamaged.type !== "error") {
      // It ends early if the client disconnects.
      await delay(delayMs, undefined, { signal: request.signal }).catch(() => {});
    }
    const response = await damage(undamaged, fault);
    const lost = response.type === "error" || request.signal.aborted;
    onResponse({
      at: new Date(startedAt).toISOString(),
      method: request.method,
      path,
      status: lost ? null : response.status,
      durationMs: now() - startedAt,
      ...(request.provider !== undefined && { provider: request.provider }),
      ...(fault !== undefined && { fault: fault.kind }),
    });
    return response;
  };
}

/** Whether the client disconnected before the end of its body. */
function hasDisconnected({ code }: NodeJS.ErrnoException): boolean {
  return code === "ECONNRESET";
}

/** The response of a fault that replaces VCC's, so that the request has no effect. */
function replacementOf(
  fault: Fault | undefined,
  endpoint: Endpoint | undefined,
  behavior: Behavior,
): Response | undefined {
  switch (fault?.kind) {
    case "reset":
      return Response.error();
    case "status": {
      const { status, body } = fault;
      const denied =
        body === undefined && endpoint !== "token" && (status === 401 || status === 403);
      const response = denied
        ? denial(behavior, status, "access_denied", "The emulator denied access on demand")
        : respond(status, body, body === undefined ? {} : { "content-type": mediaTypeFor(body) });
      for (const [name, value] of new Headers(fault.headers)) response.headers.set(name, value);
      return response;
    }
    case "html":
      return htmlPage(fault.status, fault.bytes);
    case "redirect":
      return respond(fault.status ?? 302, "", { location: fault.location });
    default:
      return undefined;
  }
}

function mediaTypeFor(body: string): string {
  try {
    JSON.parse(body);
    return "application/json";
  } catch {
    return body.trimStart().startsWith("<") ? "text/html" : "text/plain";
  }
}

/** The response of a fault that applies after the request took effect. */
async function damage(response: Response, fault: Fault | undefined): Promise<Response> {
  const { "content-length": _, ...headers } = Object.fromEntries(response.headers);
  // A 204 has no body to damage.
  const status = response.status === 204 ? 200 : response.status;
  const type = { "content-type": "application/json" };
  switch (fault?.kind) {
    case "lost-response":
      return Response.error();
    case "trickle":
      return respond(status, endlessBody(fault.bytesPerSecond), { ...headers, ...type });
    case "truncated": {
      const whole = Buffer.from((await response.text()).padEnd(64));
      return respond(status, whole.subarray(0, whole.length / 2), {
        ...headers,
        "content-length": String(whole.length),
        connection: "close",
      });
    }
    case "malformed":
      return respond(status, '{"message": "cut off on dema', { ...headers, ...type });
    default:
      return response;
  }
}

function endlessBody(bytesPerSecond: number): ReadableStream {
  const intervalMs = Math.max(1000 / bytesPerSecond, 10);
  const chunk = Buffer.alloc(Math.max(1, Math.round((bytesPerSecond * intervalMs) / 1000)), " ");
  let timer: NodeJS.Timeout;
  return new ReadableStream({
    start(controller) {
      // The headers are sent with the first chunk.
      controller.enqueue(chunk);
      timer = setInterval(() => {
        // A client that does not read must not fill the memory.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(chunk);
      }, intervalMs);
    },
    cancel() {
      clearInterval(timer);
    },
  });
}
