import type { IncomingMessage, ServerResponse } from "node:http";
import { replyInPlace, send, wait } from "./answer";
import type { Behaviour } from "./behaviour";
import { endpointOf } from "./endpoints";
import type { Faults } from "./faults";
import { error, type Reply } from "./reply";
import type { Vcc } from "./vcc";

/** What was asked and answered; bodies, headers and queries are left out, since they hold secrets. */
export interface RecordedRequest {
  /** When it came: UTC, RFC 3339. */
  at: string;
  method: string;
  path: string;
  /** `null`: no answer, since the connection was reset or the client went away. */
  status: number | null;
  /** From `at` until the answer began, in milliseconds. */
  durationMs: number;
  /** The name in the body of a Register or Invoke that was accepted. */
  provider?: string;
  /** The kind of fault that it met. */
  fault?: string;
}

/** Takes a request from the socket, and puts VCC's answer onto it or what a fault makes of it. */
export function createExchange({
  vcc,
  faults,
  behaviour,
  now,
  onRequest,
}: {
  vcc: Vcc;
  faults: Faults;
  behaviour: Behaviour;
  now: () => number;
  /** Called before the answer, so that whoever has the answer finds it recorded. */
  onRequest: (request: RecordedRequest) => void;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const startedAt = now();
    const [path = ""] = (request.url ?? "").split("?");
    const endpoint = endpointOf(path);
    const fault = endpoint && faults.take(endpoint);

    function record({ status, provider }: { status: number | null; provider?: string }) {
      onRequest({
        at: new Date(startedAt).toISOString(),
        method: request.method ?? "",
        path,
        status,
        durationMs: now() - startedAt,
        ...(provider !== undefined && { provider }),
        ...(fault !== undefined && { fault: fault.kind }),
      });
    }

    if (fault?.kind === "reset") {
      record({ status: null });
      request.socket.resetAndDestroy();
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The client went away; there is nobody to answer.
      record({ status: null });
      return;
    }
    if (fault?.kind === "revoke-token") vcc.revokeTokens();
    let reply: Reply;
    try {
      reply =
        (endpoint && replyInPlace(fault, endpoint, behaviour)) ??
        vcc.handle(endpoint, request, Buffer.concat(chunks));
    } catch (cause) {
      reply = error(500, (cause as Error).message);
    }
    const delayMs = behaviour.latencyMs + (fault?.kind === "slow" ? fault.ms : 0);
    if (delayMs > 0) await wait(delayMs, response);
    if (response.destroyed || fault?.kind === "lost-answer") {
      record({ ...reply, status: null });
      request.socket.resetAndDestroy();
      return;
    }
    record(reply);
    try {
      send(response, reply, fault);
    } catch {
      // Headers on demand that Node.js does not send: no answer, rather than no emulator.
      request.socket.resetAndDestroy();
    }
  };
}
