import { limitRequestBody } from "srvx/body-limit";
import { createDelivery, type Outcome } from "./delivery";
import { createEvidence, type Evidence } from "./evidence";
import { createHeaderSets, type HeaderSet } from "./header-sets";
import { createNodeListener, type NodeListener, pathOf } from "./node-listener";
import { type Notification, NotificationError, parseNotifications } from "./notification";
import { createMemoryStore, type NotificationStore } from "./notification-store";
import { createWitness, defaultWitnessPath, registrationHeader } from "./witness";

/** The options of `createReceiver`. */
export interface ReceiverOptions {
  /**
   * The headers that a notification must carry, as registered: one set, or a record of named sets. Any of
   * them is accepted, so that a secret is rotated without downtime.
   */
  headers: HeaderSet | Record<string, HeaderSet>;
  /**
   * Called once for each notification, of any kind unless `onOther` is set. If it throws or rejects, the
   * receiver responds with 500 and forgets the notification, so that a repetition is handled.
   */
  onNotification: (notification: Notification) => unknown;
  /** Called instead for kinds that VCC does not document. @default `onNotification` */
  onOther?: (notification: Notification) => unknown;
  /**
   * Called with the cause of each failure and refusal, since responses say nothing. Errors of a handler are
   * passed as they are, with the notification. What it throws is ignored.
   * @default none
   */
  onError?: (cause: unknown, notification?: Notification) => void;
  /** Remembers which notifications are handled. @default the last 100,000, in memory */
  store?: NotificationStore;
  /** The path of the endpoint. @default any, for applications that route requests themselves */
  path?: string;
  /** Responds with 413 to a larger body. Unit: bytes. @default 1,000,000 */
  maxBodyBytes?: number;
  /**
   * Responds with 202 if the handlers run longer than this, and lets them end. VCC does not learn of their failure
   * then. Unit: milliseconds. @default none, the response waits for the handlers
   */
  respondAfterMs?: number;
  /** With this bearer token, the witness reveals which registration VCC uses. @default no witness */
  witnessToken?: string;
  /** The path of the witness. @default "/.well-known/vcc-registration" */
  witnessPath?: string;
  /** The registered name, for the witness to report. Notifications do not contain it. @default none */
  provider?: string;
  /** The time, in milliseconds since the epoch: for evidence. @default Date.now */
  now?: () => number;
}

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
 * @throws TypeError if `headers` would accept any request or none, or a token is empty
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
      : createWitness(options.witnessToken, evidence, onError);
  const deliver = createDelivery({ ...options, store, onError });
  const running = new Set<Promise<unknown>>();

  function onError(cause: unknown, notification?: Notification) {
    try {
      options.onError?.(cause, notification);
    } catch {
      // The application's own error must not change a response.
    }
  }

  async function receive(request: Request): Promise<Response> {
    if (request.method !== "POST") return answer(405, { Allow: "POST" });
    const match = sets.match(request.headers);
    if ("mismatch" in match) {
      evidence.refuse();
      onError(new Error(match.mismatch));
      return answer(401);
    }
    let notifications: Notification[];
    try {
      notifications = parseNotifications(await request.text());
    } catch (cause) {
      onError(cause);
      return answer(statusOf(cause));
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

  async function handle(request: Request, path: string): Promise<Response | undefined> {
    try {
      if (path === witnessPath) return await witness?.(request);
      return endpoint === undefined || path === endpoint ? await receive(request) : undefined;
    } catch (cause) {
      onError(cause);
      return answer(500);
    }
  }

  return {
    async fetch(request) {
      const limited = limitRequestBody(request, maxBodyBytes);
      return (await handle(limited, pathOf(request.url))) ?? answer(404);
    },
    node: createNodeListener(handle, { maxBodyBytes, onError }),
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

/** Of a body that cannot be read or parsed. */
function statusOf(cause: unknown): number {
  if ((cause as { code?: unknown }).code === "ERR_BODY_TOO_LARGE") return 413;
  const isInvalid = cause instanceof NotificationError || (cause as Error).name === "SyntaxError";
  return isInvalid ? 400 : 500;
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
