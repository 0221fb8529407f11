import { ApiError, VccError } from "./errors";

export interface RetryPolicy {
  /** How often to try altogether, at least 1. */
  attempts: number;
  /** How long all attempts and the waits between them may take. Unit: milliseconds. */
  deadlineMs: number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
}

/** The time, and how to let it pass. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits until a moment, and tells the person at the terminal why if that takes long. */
  waitUntil(ms: number, why: string): Promise<void>;
}

const firstDelayMs = 500;
const longestDelayMs = 30_000;

/**
 * Repeats what may succeed when repeated, until attempts or time are used up. Between attempts it waits
 * as long as the other side asks for, else by a random part of a delay that doubles.
 *
 * @param attempt is told when it has to have ended: milliseconds since the epoch
 */
export async function retry<Result>(
  attempt: (endMs: number) => Promise<Result>,
  { attempts, deadlineMs, random }: RetryPolicy,
  { now, waitUntil }: Clock,
): Promise<Result> {
  const endMs = now() + deadlineMs;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(endMs);
    } catch (error) {
      if (!(error instanceof VccError) || !error.retryable) throw error;
      // Up to the next step, which is for when it gives up.
      const [why = ""] = error.message.split(". ");
      if (count >= attempts) throw noting(error, `that was attempt ${count} of ${attempts}`);

      const askedMs = error instanceof ApiError ? error.retryAfterMs : undefined;
      const untilMs = now() + (askedMs ?? backoff(count, random));
      if (untilMs > endMs) {
        const asked =
          askedMs === undefined
            ? "the next attempt"
            : `VCC asks to wait ${askedMs / 1000} s, which`;
        throw noting(
          error,
          `${asked} would be after the deadline of ${deadlineMs / 1000} s (vcc:deadline)`,
        );
      }
      await waitUntil(untilMs, why);
    }
  }
}

/** Exponential with full jitter. Unit: milliseconds. */
export function backoff(count: number, random: () => number): number {
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (count - 1));
}

/** The same error with a fact added. A token request that fails is the error of several callers. */
function noting(error: VccError, fact: string): VccError {
  const message = `${error.message} (${fact})`;
  return Object.create(error, { message: { value: message, writable: true, configurable: true } });
}
