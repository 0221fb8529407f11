import type { Behavior } from "../behavior";
import { error } from "../responses";

export interface RateLimiter {
  /** Counts a request. @returns a 429 for a request above the limit, which does not count */
  reject(): Response | undefined;
  reset(): void;
}

/** Each window starts with its first request. Undocumented by VCC: how it counts. */
export function createRateLimiter(behavior: Behavior, now: () => number): RateLimiter {
  let startedAt = Number.NEGATIVE_INFINITY;
  let requests = 0;

  function retryAfter(kind: "seconds" | "date" | "malformed" | "none", endsAt: number) {
    switch (kind) {
      // Rounded up to whole seconds, so that a request after that time succeeds.
      case "seconds":
        return { "retry-after": String(Math.ceil((endsAt - now()) / 1000)) };
      case "date":
        return {
          date: new Date(now()).toUTCString(),
          "retry-after": new Date(Math.ceil(endsAt / 1000) * 1000).toUTCString(),
        };
      case "malformed":
        return { "retry-after": "soon" };
      case "none":
        return {};
    }
  }

  return {
    reject() {
      const limit = behavior.rateLimit;
      if (limit === null) return undefined;
      if (now() - startedAt >= limit.windowMs) {
        startedAt = now();
        requests = 0;
      }
      if (requests < limit.requests) {
        requests += 1;
        return undefined;
      }
      return error(429, undefined, retryAfter(limit.retryAfter, startedAt + limit.windowMs));
    },
    reset() {
      startedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
