import { parseDuration, reassertUnits, unitMs } from "../duration";
import { isUnknown } from "../pulumi-values";

// Calendar windows of a given length, in UTC, so that every machine computes the same one. A
// registration with `reassertEvery` has the start of its window as an input. In the next window that
// input differs: the preview shows it, and `up` registers again.

/** 1970-01-05, the first Monday: weeks begin on Mondays, as in ISO 8601. */
const firstMondayMs = 4 * unitMs.d;

const recentMinutes = 10;

/**
 * The start of the window that contains a moment: UTC, RFC 3339. An unknown duration stays unknown.
 *
 * @param reassertEvery a valid duration
 */
export function reassertWindow(reassertEvery: string, nowMs: number): string {
  if (isUnknown(reassertEvery)) return reassertEvery;
  const startMs = windowStart(parseDuration(reassertEvery, reassertUnits), nowMs);
  return new Date(startMs).toISOString().replace(".000Z", "Z");
}

/** Explains why an earlier preview did not show this window, if it began only minutes ago. */
export function describeRecentWindow(window: string, nowMs: number): string | undefined {
  const minutes = Math.floor((nowMs - Date.parse(window)) / 60_000);
  if (minutes >= recentMinutes) return undefined;
  return `its window began ${minutes} min ago, at ${window}; earlier previews do not show it`;
}

/**
 * Windows of hours and days are counted from the epoch, those of whole weeks from its first Monday.
 */
function windowStart(lengthMs: number, nowMs: number): number {
  const originMs = lengthMs % unitMs.w === 0 ? firstMondayMs : 0;
  return originMs + Math.floor((nowMs - originMs) / lengthMs) * lengthMs;
}
