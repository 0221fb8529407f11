const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Milliseconds of the units in which durations are given. */
export const unitMs = { h: hourMs, d: dayMs, w: 7 * dayMs } as const;

export const durationExamples = '"12h", "7d" or "2w"';

/** A whole number of hours, days or weeks, in milliseconds; else not a number. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,3})([hdw])$/.exec(text) ?? [];
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}
