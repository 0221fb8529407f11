import { canBeReceived, type HeaderSet } from "./header-sets";
import type { Notification } from "./notification";
import type { NotificationStore } from "./notification-store";
import { defaultWitnessPath } from "./witness";

/** The options of `createReceiver`. */
export interface ReceiverOptions {
  /**
   * The headers that a notification must carry, as registered: one set, or a record of at most 16 named sets. Any
   * of them is accepted, so that a secret is rotated without downtime.
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
   * passed as they are, with the notification. All others of the receiver have no stack: `console.error` prints one
   * line. What it throws is ignored.
   * @default none
   */
  onError?: (cause: unknown, notification?: Notification) => void;
  /** Remembers which notifications are handled. @default the last 100,000, in memory */
  store?: NotificationStore;
  /**
   * The path of the endpoint, like `/vcc`, including the stage or prefix that a gateway adds.
   * @default any, for applications that route requests themselves
   */
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

type Rule = [isValid: (value: unknown) => boolean, message: string];

const callback: Rule = [(value) => typeof value === "function", "must be a function"];
const path: Rule = [
  isPath,
  'must be the path of a URL, like "/vcc": it begins with "/", does not end with it, and has no host, query, fragment or character that URLs encode',
];

const rules: Record<keyof ReceiverOptions, Rule> = {
  // `createHeaderSets` validates them.
  headers: [() => true, ""],
  onNotification: callback,
  onOther: callback,
  onError: callback,
  store: [
    isStore,
    "must have the functions claim, complete and release, and both loadEvidence and saveEvidence or neither",
  ],
  path,
  maxBodyBytes: [isWholeNumber(1, Number.MAX_SAFE_INTEGER), "must be a whole number from 1"],
  respondAfterMs: [
    // The longest time that timers support.
    isWholeNumber(0, 2 ** 31 - 1),
    "must be a whole number from 0 to 2147483647",
  ],
  witnessToken: [
    (token) => canBeReceived("Authorization", token),
    "is empty or cannot be received. Is its environment variable set, and without a line break?",
  ],
  witnessPath: path,
  provider: [(name) => typeof name === "string" && name !== "", "must be the registered name"],
  now: [
    (now) => typeof now === "function" && !Number.isNaN(new Date(now()).getTime()),
    "must be a function that returns milliseconds since the epoch",
  ],
};

/** @throws TypeError that names the invalid option, and quotes no value */
export function validateOptions(options: ReceiverOptions): void {
  const { onNotification = null, ...others } = Object(options);
  for (const [name, value] of Object.entries({ ...others, onNotification })) {
    if (!Object.hasOwn(rules, name)) throw new TypeError(`${name}: is no option of createReceiver`);
    const [isValid, message] = rules[name as keyof ReceiverOptions];
    if (value !== undefined && !isValid(value)) throw new TypeError(`${name}: ${message}`);
  }
  if (options.path === (options.witnessPath ?? defaultWitnessPath)) {
    throw new TypeError("path: must differ from witnessPath");
  }
}

/** Whether the path of a request can be equal to it. */
function isPath(value: unknown): boolean {
  const base = "http://localhost";
  return (
    typeof value === "string" &&
    URL.canParse(value, base) &&
    new URL(value, base).pathname === value &&
    (value === "/" || !value.endsWith("/"))
  );
}

function isWholeNumber(least: number, most: number) {
  return (value: unknown) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isStore(value: unknown): boolean {
  const { claim, complete, release, loadEvidence, saveEvidence } = Object(value);
  return (
    [claim, complete, release, loadEvidence ?? claim, saveEvidence ?? claim].every(
      (member) => typeof member === "function",
    ) && (loadEvidence === undefined) === (saveEvidence === undefined)
  );
}
