import { limitRequestBody } from "srvx/body-limit";
import { createDelivery, type Outcome } from "./delivery";
import { createEvidence, type Evidence } from "./evidence";
import { createHeaderSets } from "./header-sets";
import {
  createNodeListener,
  type IncomingRequest,
  type NodeListener,
  pathOf,
} from "./node-listener";
import { type Notification, parseNotifications } from "./notification";
import { createMemoryStore } from "./notification-store";
import { type ReceiverOptions, validateOptions } from "./options";
import { ReceiverError } from "./receiver-error";
import { createWitness, defaultWitnessPath, registrationHeader } from "./witness";

/** Responds to notifications, and remembers which registration VCC uses. */
export interface Receiver {
  /** Responds to a web-standard request. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /**
   * A listener for `node:http` and Express. Requests for other paths go to `next`, if there is one, else
   * the response is 404. Never rejects.
   */
  node: NodeListener;
  /** What the witness reports. @throws the store's error */
  evidence(): Promise<Evidence>;
  /** Resolves when no handler is running: before a process ends, if `respondAfterMs` is set. */
  settled(): Promise<void>;
}

/**
 * Creates the registered endpoint of one registration. It authenticates notifications by their headers,
 * hands each to the application once, and remembers which registration VCC uses.
 *
 * @throws TypeError for an invalid option, and for `headers` that would accept any request or none
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
  try {
    validateOptions(options);
    return createValid(options);
  } catch (error) {
    // The stack begins at the caller.
    Error.captureStackTrace(error as Error, createReceiver);
    throw error;
  }
}

function createValid(options: ReceiverOptions): Receiver {
  const { maxBodyBytes = 1_000_000, witnessPath = defaultWitnessPath } = options;
  const { store = createMemoryStore(), now = Date.now, respondAfterMs, path: endpoint } = options;
  const sets = createHeaderSets(options.headers);
  const evidence = createEvidence({
    store,
    headerSets: sets.names,
    provider: options.provider,
    now,
    onError,
  });
  const witness =
    options.witnessToken === undefined
      ? undefined
      : createWitness(options.witnessToken, evidence, { refuse, onError });
  const places = `The endpoint is at ${endpoint ?? "every path"}, ${
    witness ? `the witness at ${witnessPath}` : "and there is no witness without witnessToken"
  }. Is a stage or a prefix part of the path?`;
  const deliver = createDelivery({ ...options, store, onError });
  const running = new Set<Promise<unknown>>();

  function onError(...error: [cause: unknown, notification?: Notification]) {
    try {
      options.onError?.(...error);
    } catch {
      // The application's own error must not change a response.
    }
  }

  function refuse(status: number, reason: string, headers?: Record<string, string>): Response {
    onError(new ReceiverError(reason));
    return answer(status, headers);
  }

  async function receive(request: IncomingRequest, path: string): Promise<Response> {
    if (request.method !== "POST") {
      const reason = `${request.method} ${quote(path)}: a notification is a POST. ${places}`;
      return refuse(405, reason, { Allow: "POST" });
    }
    const match = sets.match(request.headers);
    if ("mismatch" in match) {
      await evidence.refuse();
      return refuse(401, match.mismatch);
    }
    let body: string;
    try {
      body = await request.text();
    } catch (cause) {
      const { code, message } = cause as { code?: unknown; message: string };
      return code === "ERR_BODY_TOO_LARGE"
        ? refuse(413, `the body has more than ${maxBodyBytes} bytes`)
        : refuse(500, `the body cannot be read: ${message}`);
    }
    let notifications: Notification[];
    try {
      notifications = parseNotifications(body);
    } catch (cause) {
      onError(cause);
      return answer(400);
    }
    if (notifications.length === 0) return answer(200);
    const work = Promise.all([
      deliver(notifications),
      evidence.see(request.headers.get(registrationHeader), match.name),
    ]);
    running.add(work);
    void work.then(() => running.delete(work));
    return answers[await outcomeWithin(respondAfterMs, work)]();
  }

  async function handle(request: IncomingRequest, path: string): Promise<Response | undefined> {
    try {
      if (path === witnessPath) return await witness?.(request);
      const isEndpoint = endpoint === undefined || path === endpoint;
      return isEndpoint ? await receive(request, path) : undefined;
    } catch (cause) {
      onError(cause);
      return answer(500);
    }
  }

  function notFound(method: string, path: string): Response {
    return refuse(404, `${method} ${quote(path)}: ${places}`);
  }

  return {
    async fetch(request) {
      const path = pathOf(request.url);
      const limited = limitRequestBody(request, maxBodyBytes);
      return (await handle(limited, path)) ?? notFound(request.method, path);
    },
    node: createNodeListener(handle, { maxBodyBytes, notFound, onError }),
    evidence: evidence.report,
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

const answers = {
  handled: () => answer(200),
  running: () => answer(202),
  busy: () => answer(503, { "Retry-After": "1" }),
  failed: () => answer(500),
} satisfies Record<Outcome | "running", () => Response>;

/** No response contains anything of its request. */
function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

function quote(path: string): string {
  return JSON.stringify(path.slice(0, 100));
}

async function outcomeWithin(
  ms: number | undefined,
  work: Promise<[Outcome, unknown]>,
): Promise<Outcome | "running"> {
  if (ms === undefined) return (await work)[0];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<["running"]>((resolve) => {
    timer = setTimeout(resolve, ms, ["running"]);
  });
  const [outcome] = await Promise.race([work, timeout]);
  clearTimeout(timer);
  return outcome;
}
