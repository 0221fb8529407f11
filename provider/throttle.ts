import pLimit from "p-limit";
import type { Answer } from "./answer";
import { DeadlineError } from "./errors";
import { backoff, type Clock } from "./retry";
import { retryAfterMs } from "./retry-after";

/**
 * Keeps the requests of a process within what VCC allows the account. The limit is shared by all VCC
 * APIs of the account: a 429 holds back every request until its time, and halves how many may be under
 * way at once, until things go well again.
 */
export interface Throttle {
  /** Lets as many registrations begin as there are connections, the rest in the order in which they came. */
  inTurn<Result>(operation: () => Promise<Result>): Promise<Result>;
  /**
   * Exchanges once nothing is held back, and no more at once than VCC seems to bear.
   *
   * @throws DeadlineError when that would be after `endMs`, in milliseconds since the epoch
   */
  whenReady<Result>(endMs: number, exchange: () => Promise<Result>): Promise<Result>;
  /** Learns from an answer. */
  heard(answer: Answer): void;
  /** How many may be under way at once, now. */
  concurrency(): number;
}

export function createThrottle(
  maxConcurrency: number,
  { now, waitUntil }: Clock,
  random: () => number,
): Throttle {
  const turns = pLimit(maxConcurrency);
  const limit = pLimit(maxConcurrency);
  let heldUntilMs = 0;
  let holdsInARow = 0;
  let successes = 0;

  function holdBack(askedMs: number | undefined) {
    // Of the requests that were under way together, the first says it for all.
    if (now() >= heldUntilMs) {
      holdsInARow += 1;
      successes = 0;
      limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2));
    }
    heldUntilMs = Math.max(heldUntilMs, now() + (askedMs ?? backoff(holdsInARow, random)));
  }

  function goOn() {
    holdsInARow = 0;
    successes += 1;
    if (successes < limit.concurrency || limit.concurrency === maxConcurrency) return;
    successes = 0;
    limit.concurrency += 1;
  }

  async function ready(endMs: number): Promise<void> {
    // Held back further while waiting: another request was refused meanwhile.
    while (now() < heldUntilMs) {
      const until = new Date(heldUntilMs).toISOString();
      if (heldUntilMs > endMs) {
        throw new DeadlineError(
          `VCC limits the account's requests (429) until ${until}, which is after the deadline ` +
            "(vcc:deadline); run again then",
        );
      }
      await waitUntil(heldUntilMs, "VCC limits the account's requests (429): all are held back");
    }
  }

  return {
    inTurn: (operation) => turns(operation),
    whenReady: (endMs, exchange) =>
      limit(async () => {
        await ready(endMs);
        return exchange();
      }),
    concurrency: () => limit.concurrency,
    heard({ status, headers }) {
      if (status === 429) holdBack(retryAfterMs(headers["retry-after"], now()));
      else if (status < 300) goOn();
    },
  };
}
