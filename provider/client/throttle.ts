import { DeadlineError } from "../errors";
import type { Clock } from "./clock";
import type { HttpResponse } from "./response";
import { backoff, retryAfterMs } from "./retry";

/** All VCC APIs of an account share one limit, so a 429 holds back every request to that account. */
export interface Throttle {
  /**
   * Resolves when no request is held back.
   *
   * @throws DeadlineError if that would be after the deadline, in milliseconds since the epoch
   */
  ready(deadlineAtMs: number): Promise<void>;
  /** Holds requests back after a 429. */
  observe(response: HttpResponse): void;
}

export function createThrottle({ now, waitUntil }: Clock, random: () => number): Throttle {
  let heldUntilMs = 0;
  let consecutiveHolds = 0;

  return {
    async ready(deadlineAtMs) {
      // While this request waits, a 429 for another one may extend the hold.
      while (now() < heldUntilMs) {
        if (heldUntilMs > deadlineAtMs) {
          const until = new Date(heldUntilMs).toISOString();
          throw new DeadlineError(
            `VCC limits the account's requests (429) until ${until}, which is after the deadline ` +
              "(vcc:deadline). Run again after that time",
          );
        }
        await waitUntil(heldUntilMs, "VCC limits the account's requests (429)");
      }
    },
    observe({ status, headers }) {
      if (status < 300) consecutiveHolds = 0;
      if (status !== 429) return;
      // Concurrent requests are rejected together, which counts once.
      if (now() >= heldUntilMs) consecutiveHolds += 1;
      const delayMs =
        retryAfterMs(headers["retry-after"], now()) ?? backoff(consecutiveHolds, random);
      heldUntilMs = Math.max(heldUntilMs, now() + delayMs);
    },
  };
}
