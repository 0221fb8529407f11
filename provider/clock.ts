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

/** Timers take no more: longer ones would end at once. */
const longestSleepMs = 2 ** 31 - 1;

/** A clock that says once of each cause what is waited for. */
export function createClock({ now, sleep: pass = sleep, tell }: ClockOptions): Clock {
  const toldUntilMs = new Map<string, number>();
  return {
    now,
    async waitUntil(ms, why) {
      // Those who wait for the same thing were told of it within moments of each other.
      const isNews = ms > (toldUntilMs.get(why) ?? 0) + 1000;
      if (ms - now() > noticeableMs && isNews) {
        toldUntilMs.set(why, ms);
        tell(`${why}; waiting until ${new Date(ms).toISOString()}`);
      }
      for (let leftMs = ms - now(); leftMs > 0; leftMs = ms - now()) {
        await pass(Math.min(leftMs, longestSleepMs));
      }
    },
  };
}
