import { setTimeout as sleep } from "node:timers/promises";

export interface Clock {
  /** Milliseconds of a monotonic clock: changes of the system's time do not affect it. */
  now(): number;
  /** Waits until a moment, or until the signal aborts. Logs the reason for a long wait. */
  waitUntil(ms: number, reason: string, signal?: AbortSignal): Promise<void>;
}

/** Shorter waits are not logged. */
const minLoggedWaitMs = 10_000;

export interface ClockOptions {
  /** @default that of `performance` */
  now?(): number;
  /** May reject if the signal aborts. */
  sleep?(ms: number, signal?: AbortSignal): Promise<unknown>;
  log(line: string): void;
}

/** Creates a clock that logs each reason for a long wait once. */
export function createClock({
  now = () => performance.now(),
  sleep: pause = (ms, signal) => sleep(ms, undefined, { signal }),
  log,
}: ClockOptions): Clock {
  const loggedUntilMs = new Map<string, number>();
  return {
    now,
    async waitUntil(ms, reason, signal) {
      const waitMs = ms - now();
      // Requests that wait for the same reason start to wait within a second of each other.
      const isNew = ms > (loggedUntilMs.get(reason) ?? Number.NEGATIVE_INFINITY) + 1000;
      if (waitMs > minLoggedWaitMs && isNew) {
        loggedUntilMs.set(reason, ms);
        log(`${reason}; waiting ${Math.ceil(waitMs / 1000)} s`);
      }
      for (let remainingMs = waitMs; remainingMs > 0; remainingMs = ms - now()) {
        if (signal?.aborted) return;
        await pause(Math.min(remainingMs, maxTimerMs), signal).catch((error) => {
          if (!signal?.aborted) throw error;
        });
      }
    },
  };
}

/** The longest delay that timers support. Unit: milliseconds. */
const maxTimerMs = 2 ** 31 - 1;

/** A signal that aborts after a timeout of any length, which may have passed already. */
export function timeoutSignal(timeoutMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, Math.min(Math.ceil(timeoutMs), maxTimerMs)));
}

/**
 * Settles as the work does, but rejects as soon as the signal aborts. The work itself continues.
 */
export function raceAgainst<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
