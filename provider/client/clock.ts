import { setTimeout as sleep } from "node:timers/promises";
import { maxTimerMs } from "./deadline";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits until a moment. Logs the reason for a long wait. */
  waitUntil(ms: number, reason: string): Promise<void>;
}

/** Shorter waits are not logged. */
const minLoggedWaitMs = 10_000;

export interface ClockOptions {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep?(ms: number): Promise<unknown>;
  log(line: string): void;
}

/** Creates a clock that logs each reason for a long wait once. */
export function createClock({ now, sleep: pause = sleep, log }: ClockOptions): Clock {
  const loggedUntilMs = new Map<string, number>();
  return {
    now,
    async waitUntil(ms, reason) {
      // Requests that wait for the same reason start to wait within a second of each other.
      const isNew = ms > (loggedUntilMs.get(reason) ?? 0) + 1000;
      if (ms - now() > minLoggedWaitMs && isNew) {
        loggedUntilMs.set(reason, ms);
        log(`${reason}; waiting until ${new Date(ms).toISOString()}`);
      }
      for (let remainingMs = ms - now(); remainingMs > 0; remainingMs = ms - now()) {
        await pause(Math.min(remainingMs, maxTimerMs));
      }
    },
  };
}
