import { unitMs } from "../../../provider/contract/duration";

/** Clocks of two machines may differ so much. */
const allowedSkewMs = 5 * 60_000;

/** Whether the clock that wrote a time was ahead of this one. */
export function isFuture(time: string | undefined, nowMs: number): boolean {
  return Date.parse(time ?? "") > nowMs + allowedSkewMs;
}

/**
 * When a calendar window begins, and the unit of its length: `2026-11-22T13Z` is some hours,
 * `2026-11-22` some days, and `2026-W47` some weeks. `NaN` if it is none.
 */
export function windowMs(name: string): { start: number; unit: number } {
  const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(name) ?? [];
  if (year !== undefined) {
    // The first week of a year has its fourth of January.
    const fourth = new Date(Date.UTC(Number(year), 0, 4));
    const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * unitMs.d;
    return { start: monday + (Number(week) - 1) * unitMs.w, unit: unitMs.w };
  }
  const isHours = /T\d\dZ$/.test(name);
  return {
    start: Date.parse(name.replace(/T(\d\d)Z$/, "T$1:00Z")),
    unit: isHours ? unitMs.h : unitMs.d,
  };
}
