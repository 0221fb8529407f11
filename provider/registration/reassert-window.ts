import { parseDuration, reassertUnits, unitMs } from "../contract/duration";
import { isUnknown } from "../contract/unknown";

// Calendar windows of a given length, in UTC, so that every machine computes the same one. A
// registration with `reassertEvery` has the name of its window as an input. In the next window that
// input differs: the preview shows it, and `up` registers again.

/** 1970-01-05, the first Monday: weeks begin on Mondays, as in ISO 8601. */
const firstMondayMs = 4 * unitMs.d;

const recentMinutes = 10;

/**
 * The name of the window that contains a moment, derived from its start: `2026-11-22T13Z` for hours,
 * `2026-11-22` for days, `2026-W47` for weeks. An unknown duration stays unknown.
 *
 * @param reassertEvery a valid duration
 */
export function reassertWindow(reassertEvery: string, nowMs: number): string {
  if (isUnknown(reassertEvery)) return reassertEvery;
  const lengthMs = parseDuration(reassertEvery, reassertUnits);
  const startMs = windowStart(lengthMs, nowMs);
  if (isWeeks(lengthMs)) return isoWeek(startMs);
  const [date = "", time = ""] = new Date(startMs).toISOString().split("T");
  return lengthMs % unitMs.d === 0 ? date : `${date}T${time.slice(0, 2)}Z`;
}

/** Explains why an earlier preview did not show this window, if it began only minutes ago. */
export function describeRecentWindow(reassertEvery: string, nowMs: number): string | undefined {
  const startMs = windowStart(parseDuration(reassertEvery, reassertUnits), nowMs);
  const minutes = Math.floor((nowMs - startMs) / 60_000);
  if (minutes >= recentMinutes) return undefined;
  const window = reassertWindow(reassertEvery, nowMs);
  return `the window ${window} began ${minutes} min ago; earlier previews do not show it`;
}

/**
 * Windows of hours and days are counted from the epoch, those of whole weeks from its first Monday.
 */
function windowStart(lengthMs: number, nowMs: number): number {
  const originMs = isWeeks(lengthMs) ? firstMondayMs : 0;
  return originMs + Math.floor((nowMs - originMs) / lengthMs) * lengthMs;
}

function isWeeks(lengthMs: number): boolean {
  return lengthMs % unitMs.w === 0;
}

/** The ISO 8601 week of a Monday. It belongs to the year of its Thursday. */
function isoWeek(mondayMs: number): string {
  const thursday = new Date(mondayMs + 3 * unitMs.d);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / unitMs.w) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
