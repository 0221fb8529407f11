import type { HeaderSet } from "./header-sets";
import type { Notification } from "./notification";
import type { NotificationStore } from "./notification-store";

/** The options of `createReceiver`. */
export interface ReceiverOptions {
  /**
   * The headers that a notification must carry, as registered: one set, or at most 16 sets by name. Each set is
   * accepted, so that a secret can be rotated without downtime.
   */
  headers: HeaderSet | Record<string, HeaderSet>;
  /**
   * Called once for each notification. If it throws or rejects, the receiver responds with 500 and forgets the
   * notification, so that a repetition is handled.
   */
  onNotification: (notification: Notification) => unknown;
  /** Called instead for kinds that VCC does not document. @default `onNotification` */
  onOther?: (notification: Notification) => unknown;
  /**
   * Called with the reason of each failure and refusal, which responses do not contain. The error of a handler comes
   * unchanged, with its notification. An error of the receiver has no stack: `console.error` prints one line.
   * Errors that `onError` throws are ignored.
   * @default none
   */
  onError?: (cause: unknown, notification?: Notification) => void;
  /** Remembers which notifications are handled. @default in memory, the last 100,000 */
  store?: NotificationStore;
  /**
   * The path of the endpoint, like `/vcc`, including the stage or prefix that a gateway adds.
   * @default every path, for applications that route requests themselves
   */
  path?: string;
  /** Responds with 413 to a larger body. Unit: bytes. @default 1,000,000 */
  maxBodyBytes?: number;
  /**
   * Responds with 202 if the handlers run longer, and lets them finish. VCC does not learn of a later failure.
   * Unit: milliseconds. @default none, the response waits for the handlers
   */
  respondAfterMs?: number;
  /** The bearer token for which the witness reports what VCC uses. @default no witness */
  witnessToken?: string;
  /** The path of the witness. @default "/.well-known/vcc-registration" */
  witnessPath?: string;
  /** The registered name, which the evidence then contains. Notifications do not contain it. @default none */
  provider?: string;
  /** The clock of the evidence. Unit: milliseconds since the epoch. @default Date.now */
  now?: () => number;
}
