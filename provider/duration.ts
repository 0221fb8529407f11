/** The length of each unit of a duration, in milliseconds. */
export const unitMs = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
} as const;

export type Unit = keyof typeof unitMs;

/**
 * Parses a whole number of one of the units, like `"12h"`. Returns milliseconds, `NaN` if it is
 * invalid.
 */
export function parseDuration(text: string, units: readonly Unit[]): number {
  const [, count, unit] = /^([1-9]\d{0,3})([a-z])$/.exec(text) ?? [];
  const known = units.find((candidate) => candidate === unit);
  return known === undefined ? Number.NaN : Number(count) * unitMs[known];
}

/** The units of `reassertEvery`. */
export const reassertUnits = ["h", "d", "w"] as const;

/** Returns an error message for an invalid `reassertEvery`, otherwise `undefined`. */
export function problemOfReassertEvery(text: string): string | undefined {
  const lengthMs = parseDuration(text, reassertUnits);
  if (Number.isNaN(lengthMs)) return 'must be a duration like "12h", "7d" or "2w"';
  return lengthMs > 365 * unitMs.d ? "must be at most 365d" : undefined;
}
