import { parseDuration, type Unit, unitMs } from "./duration";
import { isUnknown } from "./unknown";

// Calendar windows of a given length, in UTC, so that every machine names the same one. A registration
// with `reassertEvery` carries the name of its window as an input: in the next window the input
// differs, the preview shows it, and `up` registers again.

/** 1970-01-05, the first Monday: weeks begin on Mondays, as in ISO 8601. */
const firstMondayMs = 4 * unitMs.d;

const recentMinutes = 10;

const units: readonly Unit[] = ["h", "d", "w"];

/** The sentence that says what is wrong with a `reassertEvery`; nothing when it is right. */
export function problemOfReassertEvery(text: string): string | undefined {
  const lengthMs = parseDuration(text, units);
  if (Number.isNaN(lengthMs)) return 'must be a duration like "12h", "7d" or "2w"';
  return lengthMs > 365 * unitMs.d ? "must be at most 365d" : undefined;
}

/**
 * The name of the window of a moment, by its beginning: `2026-11-22T13Z` for hours, `2026-11-22` for
 * days, `2026-W47` for weeks. What is unknown stays unknown.
 *
 * @param reassertEvery without a problem
 */
export function reassertWindow(reassertEvery: string, nowMs: number): string {
  if (isUnknown(reassertEvery)) return reassertEvery;
  const lengthMs = parseDuration(reassertEvery, units);
  const startMs = windowStart(lengthMs, nowMs);
  if (isWeeks(lengthMs)) return isoWeek(startMs);
  const [date = "", time = ""] = new Date(startMs).toISOString().split("T");
  return lengthMs % unitMs.d === 0 ? date : `${date}T${time.slice(0, 2)}Z`;
}

/** A window that turned just now may surprise who has seen a preview without changes: says so. */
export function recentTurn(reassertEvery: string, nowMs: number): string | undefined {
  const startMs = windowStart(parseDuration(reassertEvery, units), nowMs);
  const minutes = Math.floor((nowMs - startMs) / 60_000);
  if (minutes >= recentMinutes) return undefined;
  const window = reassertWindow(reassertEvery, nowMs);
  return `the window ${window} began ${minutes} min ago, and a preview from before does not show it`;
}

/** Windows of hours and days are counted from the epoch, those of whole weeks from its first Monday. */
function windowStart(lengthMs: number, nowMs: number): number {
  const originMs = isWeeks(lengthMs) ? firstMondayMs : 0;
  return originMs + Math.floor((nowMs - originMs) / lengthMs) * lengthMs;
}

function isWeeks(lengthMs: number): boolean {
  return lengthMs % unitMs.w === 0;
}

/** The ISO 8601 week of a Monday: it belongs to the year of its Thursday. */
function isoWeek(mondayMs: number): string {
  const thursday = new Date(mondayMs + 3 * unitMs.d);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / unitMs.w) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
