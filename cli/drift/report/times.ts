/** Clocks of two machines may differ so much. */
const allowedSkewMs = 5 * 60_000;

/** Whether the clock that wrote a time was ahead of this one. */
export function isFuture(time: string | undefined, nowMs: number): boolean {
  return Date.parse(time ?? "") > nowMs + allowedSkewMs;
}
