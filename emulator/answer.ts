import type { ServerResponse } from "node:http";
import type { Behaviour } from "./behaviour";
import type { Endpoint } from "./endpoints";
import type { Fault } from "./faults";
import { page, type Reply, refusal } from "./reply";

/** What is answered in VCC's place, for a fault with which the request has no effect. */
export function replyInPlace(
  fault: Fault | undefined,
  endpoint: Endpoint,
  behaviour: Behaviour,
): Reply | undefined {
  switch (fault?.kind) {
    case "status": {
      const { status, body } = fault;
      // In lower case, so that they replace ours.
      const headers = Object.fromEntries(new Headers(fault.headers));
      if (body !== undefined) {
        return { status, headers: { "content-type": mediaTypeFor(body), ...headers }, body };
      }
      const refused = endpoint !== "token" && (status === 401 || status === 403);
      const reply = refused
        ? refusal(behaviour, status, "access_denied", "The access was refused on demand")
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

/** Sends a reply, spoiled as the fault says. */
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

/** Ends early when the client goes away; `response.destroyed` tells. */
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

/** Without `Content-Length`, so that only the client can end it. */
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

/** 204 in its usual place has no body that could be spoiled. */
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
