import { DeadlineError } from "../errors";
import type { Clock } from "./clock";
import type { HttpResponse } from "./response";
import { retryAfterMs, retryDelayMs } from "./retry";

/** All VCC APIs of an account share one limit, so a 429 holds back every request to that account. */
export interface Throttle {
  /**
   * Resolves when no request is held back.
   *
   * @param deadlineAtMs on the clock of the throttle
   * @throws DeadlineError if that would be after the deadline
   */
  ready(deadlineAtMs: number): Promise<void>;
  /** Holds requests back after a 429. */
  observe(response: HttpResponse): void;
}

export function createThrottle({ now, waitUntil }: Clock, random: () => number): Throttle {
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let consecutiveHolds = 0;

  return {
    async ready(deadlineAtMs) {
      // While this request waits, a 429 for another one may extend the hold.
      while (now() < heldUntilMs) {
        if (heldUntilMs > deadlineAtMs) {
          const heldS = Math.ceil((heldUntilMs - now()) / 1000);
          throw new DeadlineError(
            `VCC limits the account's requests (429) for another ${heldS} s, longer than what ` +
              "remains of the deadline (vcc:deadline). Run again after that time",
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
      const delayMs = retryDelayMs(consecutiveHolds, random, retryAfterMs(headers));
      heldUntilMs = Math.max(heldUntilMs, now() + delayMs);
    },
  };
}
