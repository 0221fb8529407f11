import { ApiError, VccError, withMessage } from "../errors";
import type { Clock } from "./clock";

export interface RetryPolicy {
  /** The total number of attempts, at least 1. */
  maxAttempts: number;
  /** For all attempts and the waits between them. Unit: milliseconds. */
  totalTimeoutMs: number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
}

const firstDelayMs = 500;
const maxDelayMs = 30_000;

/**
 * Retries retryable errors until the attempts or the time are used up. Between attempts it waits as
 * long as the server asks, otherwise a random part of a delay that doubles each time.
 *
 * @param attempt receives its deadline, in milliseconds since the epoch
 */
export async function retry<Result>(
  attempt: (deadlineAtMs: number) => Promise<Result>,
  { maxAttempts, totalTimeoutMs, random }: RetryPolicy,
  { now, waitUntil }: Clock,
): Promise<Result> {
  const deadlineAtMs = now() + totalTimeoutMs;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(deadlineAtMs);
    } catch (error) {
      if (!(error instanceof VccError) || !error.retryable) throw error;
      if (count >= maxAttempts) {
        throw withMessage(error, `${error.message} (that was attempt ${count} of ${maxAttempts})`);
      }
      const requestedMs = error instanceof ApiError ? error.retryAfterMs : undefined;
      const untilMs = now() + (requestedMs ?? backoff(count, random));
      if (untilMs > deadlineAtMs) {
        const subject =
          requestedMs === undefined
            ? "the next attempt"
            : `VCC asks to wait ${requestedMs / 1000} s, which`;
        throw withMessage(
          error,
          `${error.message} (${subject} would be after the deadline of ${totalTimeoutMs / 1000} s (vcc:deadline))`,
        );
      }
      // The next step, after the first sentence, applies only if all attempts fail.
      const [reason = ""] = error.message.split(". ");
      await waitUntil(untilMs, reason);
    }
  }
}

/** Exponential backoff with full jitter. Unit: milliseconds. */
export function backoff(count: number, random: () => number): number {
  return random() * Math.min(maxDelayMs, firstDelayMs * 2 ** (count - 1));
}

const weekday = "(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?";
/** The three forms of an HTTP date. @see RFC 9110, section 5.6.7 */
const httpDate = new RegExp(
  `^${weekday}, \\d\\d[ -][A-Z][a-z]{2}[ -]\\d{2,4} \\d\\d:\\d\\d:\\d\\d GMT$|` +
    `^${weekday} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}$`,
);

/**
 * How long a `Retry-After` header asks to wait, given as seconds or as an HTTP date. An invalid
 * header is ignored. Unit: milliseconds.
 *
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!httpDate.test(text)) return undefined;
  const dateMs = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
