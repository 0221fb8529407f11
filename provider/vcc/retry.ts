import { ApiError, VccError } from "../errors";
import type { Clock } from "./clock";

export interface RetryPolicy {
  /** The total number of attempts, at least 1. */
  maxAttempts: number;
  /** For all attempts and the waits between them. Unit: milliseconds. */
  totalTimeoutMs: number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /** No attempt starts after it aborts, except the first. @default none */
  signal?: AbortSignal | undefined;
}

const firstDelayMs = 500;
const maxDelayMs = 30_000;

/**
 * Retries retryable errors until the attempts or the time are used up.
 *
 * @param attempt receives its deadline, on the given clock
 */
export async function retry<Result>(
  attempt: (deadlineAtMs: number) => Promise<Result>,
  { maxAttempts, totalTimeoutMs, random, signal }: RetryPolicy,
  { now, waitUntil }: Clock,
): Promise<Result> {
  const deadlineAtMs = now() + totalTimeoutMs;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(deadlineAtMs);
    } catch (error) {
      if (!(error instanceof VccError) || !error.retryable || signal?.aborted) throw error;
      if (count >= maxAttempts) {
        throw error.withMessage(`${error.message} (gave up after ${count} attempts)`);
      }
      const requestedMs = error instanceof ApiError ? error.retryAfterMs : undefined;
      const untilMs = now() + retryDelayMs(count, random, requestedMs);
      if (untilMs > deadlineAtMs) {
        const limit = `the deadline of ${totalTimeoutMs / 1000} s (vcc:deadline)`;
        throw error.withMessage(
          requestedMs === undefined
            ? `${error.message} (the next attempt would be after ${limit})`
            : `${error.message} (Retry-After is ${Math.ceil(requestedMs / 1000)} s, longer than what remains of ${limit})`,
        );
      }
      // The next step, after the first sentence, applies only if all attempts fail.
      const [reason = ""] = error.message.split(". ");
      await waitUntil(untilMs, reason, signal);
      if (signal?.aborted) throw error;
    }
  }
}

/**
 * How long to wait before the next attempt: as long as the server asks, but at least a delay that
 * doubles each time, of which half is random. Unit: milliseconds.
 *
 * @param count of the attempts so far
 */
export function retryDelayMs(count: number, random: () => number, requestedMs = 0): number {
  const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (count - 1));
  return Math.max(requestedMs, (delayMs / 2) * (1 + random()));
}

/**
 * How long a response asks to wait, in seconds or until an HTTP date. An invalid header is ignored.
 * The date is relative to the one of the response: the clocks of server and client may differ.
 * Unit: milliseconds.
 *
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(headers: Record<string, string>): number | undefined {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const untilMs = parseHttpDate(text);
  if (untilMs === undefined) return undefined;
  return Math.max(0, untilMs - (parseHttpDate(headers.date?.trim() ?? "") ?? Date.now()));
}

const weekday = "(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?";
/** The three forms of an HTTP date. @see RFC 9110, section 5.6.7 */
const httpDate = new RegExp(
  `^${weekday}, \\d\\d[ -][A-Z][a-z]{2}[ -]\\d{2,4} \\d\\d:\\d\\d:\\d\\d GMT$|` +
    `^${weekday} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}$`,
);

function parseHttpDate(text: string): number | undefined {
  if (!httpDate.test(text)) return undefined;
  const ms = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(ms) ? undefined : ms;
}
