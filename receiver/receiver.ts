import { limitRequestBody } from "srvx/body-limit";
import type { Evidence } from "../provider/witness/evidence";
import {
  witnessPath as defaultWitnessPath,
  registrationHeader,
  verifyHeader,
  verifyIdPrefix,
} from "../provider/witness/witness";
import { createDelivery, type Outcome } from "./delivery";
import { createEvidenceKeeper } from "./evidence-keeper";
import { createHeaderSets } from "./header-sets";
import {
  createNodeListener,
  type IncomingRequest,
  type NodeListener,
  pathOf,
} from "./node-listener";
import { type Notification, parseNotifications } from "./notification";
import { createMemoryStore } from "./notification-store";
import type { ReceiverOptions } from "./options";
import { ReceiverError } from "./receiver-error";
import { validateOptions } from "./validate-options";
import { createWitnessEndpoint } from "./witness-endpoint";

/** Responds to notifications, and remembers which registration VCC uses. */
export interface Receiver {
  /** Responds to a web-standard request. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /**
   * A listener for `node:http` and Express. A request for another path goes to `next`. Without `next`, the response
   * is 404. Never rejects.
   */
  node: NodeListener;
  /** What the witness reports. @throws the store's error */
  evidence(): Promise<Evidence>;
  /** Resolves when no handler is running. If `respondAfterMs` is set, await it before the process ends. */
  settled(): Promise<void>;
}

/**
 * Creates the endpoint of one registration. It authenticates notifications by their headers, passes each to the
 * application once, and remembers which registration VCC uses.
 *
 * @throws TypeError that names all invalid options
 *
 * @example
 * import { createServer } from "node:http";
 * import { createReceiver } from "pulumi-vcc/receiver";
 *
 * const receiver = createReceiver({
 *   headers: { Authorization: `Bearer ${process.env.CALLBACK_TOKEN}` },
 *   onNotification: ({ notification, objectid }) => console.log(notification, objectid),
 *   onError: console.error,
 * });
 * createServer(receiver.node).listen(8080);
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  validateOptions(options, createReceiver);
  const { maxBodyBytes = 1_000_000, witnessPath = defaultWitnessPath, witnessToken } = options;
  const { store = createMemoryStore(), respondAfterMs } = options;
  const sets = createHeaderSets(options.headers);
  const deliver = createDelivery({ ...options, store, onError });
  const evidence = createEvidenceKeeper({ ...options, headerSets: sets.names, onError });
  const witness =
    witnessToken === undefined ? undefined : createWitnessEndpoint(witnessToken, evidence);
  const places = `The endpoint is at ${options.path ?? "every path"}, ${
    witness ? `the witness at ${witnessPath}` : "and there is no witness without witnessToken"
  }. Is a stage or a prefix part of the path?`;
  const running = new Set<Promise<unknown>>();

  function onError(...error: [cause: unknown, notification?: Notification]) {
    try {
      options.onError?.(...error);
    } catch {
      // A broken logger must not change a response.
    }
  }

  function hasPath(path: string): boolean {
    if (path === witnessPath) return witness !== undefined;
    return options.path === undefined || path === options.path;
  }

  async function respond(request: IncomingRequest, path: string): Promise<Response> {
    const isWitness = path === witnessPath;
    try {
      if (isWitness && witness) return await witness(request);
      if (hasPath(path)) return await receive(request, path);
      throw new ReceiverError(`${request.method} ${quote(path)}: ${places}`, { status: 404 });
    } catch (cause) {
      onError(cause);
      const status = isWitness ? 503 : 500;
      return new Response(null, { status, ...(cause instanceof ReceiverError && cause.response) });
    }
  }

  async function receive(request: IncomingRequest, path: string): Promise<Response> {
    if (request.method !== "POST") {
      throw new ReceiverError(
        `${request.method} ${quote(path)}: a notification is a POST. ${places}`,
        { status: 405, headers: { Allow: "POST" } },
      );
    }
    const isRehearsal = request.headers.has(verifyHeader);
    const match = sets.match(request.headers);
    if ("mismatch" in match) {
      if (!isRehearsal) await evidence.observeRefusal();
      const sender = isRehearsal ? ` in a request with ${verifyHeader}` : "";
      throw new ReceiverError(match.mismatch + sender, { status: 401 });
    }
    const notifications = parseNotifications(await bodyOf(request, maxBodyBytes));
    // A registration may contain the header: no real notification may get lost.
    const isTest = notifications.every(({ objectid }) => objectid.startsWith(verifyIdPrefix));
    if (isRehearsal && isTest) return new Response(null, responses.handled);
    if (notifications.length === 0) return new Response(null, responses.handled);
    const outcome = Promise.all([
      deliver(notifications),
      evidence.observe(request.headers.get(registrationHeader), match.name),
    ]).then(([outcome]) => outcome);
    running.add(outcome);
    void outcome.then(() => running.delete(outcome));
    return new Response(null, responses[await outcomeWithin(respondAfterMs, outcome)]);
  }

  return {
    async fetch(request) {
      return respond(limitRequestBody(request, maxBodyBytes), pathOf(request.url));
    },
    node: createNodeListener({ hasPath, respond, maxBodyBytes, onError }),
    evidence: evidence.report,
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

const responses: Record<Outcome | "running", ResponseInit> = {
  handled: { status: 200 },
  running: { status: 202 },
  busy: { status: 503, headers: { "Retry-After": "1" } },
  failed: { status: 500 },
};

function quote(path: string): string {
  return JSON.stringify(path.slice(0, 100));
}

async function bodyOf(request: IncomingRequest, maxBodyBytes: number): Promise<string> {
  try {
    return await request.text();
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message: string };
    throw code === "ERR_BODY_TOO_LARGE"
      ? new ReceiverError(`the body has more than ${maxBodyBytes} bytes`, { status: 413 })
      : new ReceiverError(`the body cannot be read: ${message}`);
  }
}

/** Returns `running` after `ms`, if the outcome takes longer. */
async function outcomeWithin(ms: number | undefined, outcome: Promise<Outcome>) {
  if (ms === undefined) return outcome;
  const { promise: timeout, resolve } = Promise.withResolvers<"running">();
  const timer = setTimeout(resolve, ms, "running");
  const first = await Promise.race([outcome, timeout]);
  clearTimeout(timer);
  return first;
}
