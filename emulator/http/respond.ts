import type { ServerResponse } from "node:http";
import type { Behavior } from "../behavior";
import { authError, page, type Reply } from "../reply";
import type { Endpoint } from "../vcc/endpoints";
import type { Fault } from "./fault";

/** The reply of a fault that replaces VCC's, so that the request has no effect. */
export function replyOfFault(
  fault: Fault | undefined,
  endpoint: Endpoint,
  behavior: Behavior,
): Reply | undefined {
  switch (fault?.kind) {
    case "status": {
      const { status, body } = fault;
      // `Headers` has lower-case names, which replace the default ones.
      const headers = Object.fromEntries(new Headers(fault.headers));
      if (body !== undefined) {
        return { status, headers: { "content-type": mediaTypeFor(body), ...headers }, body };
      }
      const denied = endpoint !== "token" && (status === 401 || status === 403);
      const reply = denied
        ? authError(behavior, status, "access_denied", "The emulator denied access on demand")
        : { status };
      return { ...reply, headers: { ...reply.headers, ...headers } };
    }
    case "html":
      return page(fault.status, fault.bytes);
    case "redirect":
      return { status: fault.status ?? 302, headers: { location: fault.location } };
    default:
      return undefined;
  }
}

/** Sends a reply, altered by the fault. */
export function send(response: ServerResponse, reply: Reply, fault: Fault | undefined): void {
  switch (fault?.kind) {
    case "trickle":
      trickle(response, reply, fault.bytesPerSecond);
      break;
    case "truncated":
      truncate(response, reply);
      break;
    case "malformed":
      sendWhole(response, {
        status: statusWithBody(reply),
        headers: { ...reply.headers, "content-type": "application/json" },
        body: '{"message": "cut off on dema',
      });
      break;
    default:
      sendWhole(response, reply);
  }
}

/** Waits, but no longer than until the client disconnects. */
export function wait(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function sendWhole(response: ServerResponse, { status, headers, body = "" }: Reply): void {
  const bodiless = status === 204 || status === 304;
  const length = bodiless ? {} : { "content-length": Buffer.byteLength(body) };
  response.writeHead(status, { ...length, ...headers }).end(bodiless ? undefined : body);
}

/** Omits `Content-Length`, so that only the client can end the response. */
function trickle(response: ServerResponse, reply: Reply, bytesPerSecond: number): void {
  response.writeHead(statusWithBody(reply), {
    ...reply.headers,
    "content-type": "application/json",
  });
  response.flushHeaders();
  const intervalMs = Math.max(1000 / bytesPerSecond, 10);
  const chunk = " ".repeat(Math.max(1, Math.round((bytesPerSecond * intervalMs) / 1000)));
  const timer = setInterval(() => {
    // A client that does not read must not fill the memory.
    if (!response.writableNeedDrain) response.write(chunk);
  }, intervalMs);
  response.once("close", () => clearInterval(timer));
}

function truncate(response: ServerResponse, reply: Reply): void {
  const whole = Buffer.from((reply.body ?? "").padEnd(64));
  response.writeHead(statusWithBody(reply), {
    ...reply.headers,
    "content-length": whole.length,
  });
  response.write(whole.subarray(0, whole.length / 2), () => response.socket?.destroySoon());
}

/** A 204 has no body that a fault could damage. */
function statusWithBody({ status }: Reply): number {
  return status === 204 ? 200 : status;
}

function mediaTypeFor(body: string): string {
  try {
    JSON.parse(body);
    return "application/json";
  } catch {
    return body.trimStart().startsWith("<") ? "text/html" : "text/plain";
  }
}
