import type { IncomingMessage, ServerResponse } from "node:http";
import type { Behavior } from "../behavior";
import { error, type Reply } from "../reply";
import { maxBodyBytes } from "../vcc/api-request";
import { endpointOf } from "../vcc/endpoints";
import type { Vcc } from "../vcc/vcc";
import { readBody } from "./body";
import type { Faults } from "./faults";
import { replyOfFault, send, wait } from "./respond";

/** A request and its response, without bodies, headers and query, which may contain secrets. */
export interface RecordedRequest {
  /** When it arrived: UTC, RFC 3339. */
  at: string;
  /** As sent: any method, not only those that VCC allows. */
  method: string;
  /** As sent, without query. */
  path: string;
  /** `null` if the connection was reset or the client disconnected. */
  status: number | null;
  /** From `at` until the start of the response, in milliseconds. */
  durationMs: number;
  /** The name in the body of a successful Register or Invoke. */
  provider?: string;
  /** The kind of fault that applied. */
  fault?: string;
}

/** Handles requests: reads them, lets VCC or a fault reply, and sends the response. */
export function createExchange({
  vcc,
  faults,
  behavior,
  now,
  onRequest,
}: {
  vcc: Vcc;
  faults: Faults;
  behavior: Behavior;
  now: () => number;
  /** Called before the response, so that the client finds its request recorded. */
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
    let body: Buffer | undefined;
    try {
      body = await readBody(request, response, maxBodyBytes);
    } catch {
      // The client disconnected.
      record({ status: null });
      return;
    }
    if (fault?.kind === "revoke-token") vcc.revokeTokens();
    let reply: Reply;
    try {
      reply =
        (endpoint && replyOfFault(fault, endpoint, behavior)) ??
        vcc.handle(endpoint, request, body);
    } catch (cause) {
      reply = error(500, (cause as Error).message);
    }
    const delayMs = behavior.latencyMs + (fault?.kind === "slow" ? fault.ms : 0);
    if (delayMs > 0) await wait(delayMs, response);
    if (response.destroyed || fault?.kind === "lost-response") {
      record({ ...reply, status: null });
      request.socket.resetAndDestroy();
      return;
    }
    record(reply);
    try {
      send(response, reply, fault);
    } catch {
      // A fault has headers that Node.js does not send. The emulator must survive that.
      request.socket.resetAndDestroy();
    }
  };
}
