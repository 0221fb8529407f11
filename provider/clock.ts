import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./retry";

/** Shorter waits are nobody's concern. */
const noticeableMs = 10_000;

export interface ClockOptions {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep?(ms: number): Promise<unknown>;
  /** Tells the person at the terminal one line. */
  tell(line: string): void;
}

/** A clock that says once what everybody waits for. */
export function createClock({ now, sleep: pass = sleep, tell }: ClockOptions): Clock {
  let toldUntilMs = 0;
  return {
    now,
    async waitUntil(ms, why) {
      const delayMs = ms - now();
      if (delayMs <= 0) return;
      if (delayMs > noticeableMs && ms > toldUntilMs) {
        toldUntilMs = ms;
        tell(`${why}; waiting until ${new Date(ms).toISOString()}`);
      }
      await pass(delayMs);
    },
  };
}
