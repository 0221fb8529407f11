import type { Behavior, RateLimit } from "../behavior";
import { error } from "../responses";

/** Each window starts with its first request. Undocumented by VCC: how it counts. */
export function createRateLimiter(behavior: Behavior, now: () => number) {
  let startedAt = Number.NEGATIVE_INFINITY;
  let requests = 0;
  return {
    /** Counts a request. @returns a 429 for a request above the limit, which does not count */
    reject(): Response | undefined {
      const limit = behavior.rateLimit;
      if (limit === null) return undefined;
      if (now() - startedAt >= limit.windowMs) {
        startedAt = now();
        requests = 0;
      }
      if (requests >= limit.requests) {
        return error(429, undefined, retryAfter(limit, now(), startedAt + limit.windowMs));
      }
      requests += 1;
      return undefined;
    },
    reset(): void {
      startedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function retryAfter(
  { retryAfter }: RateLimit,
  nowMs: number,
  endMs: number,
): Record<string, string> {
  switch (retryAfter) {
    // Rounded up to whole seconds, so that a request after that time succeeds.
    case "seconds":
      return { "retry-after": String(Math.ceil((endMs - nowMs) / 1000)) };
    case "date":
      return {
        date: new Date(nowMs).toUTCString(),
        "retry-after": new Date(Math.ceil(endMs / 1000) * 1000).toUTCString(),
      };
    case "malformed":
      return { "retry-after": "soon" };
    case "none":
      return {};
  }
}
