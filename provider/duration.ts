/** Milliseconds of the units in which durations are given. */
export const unitMs = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
} as const;

export type Unit = keyof typeof unitMs;

/** A whole number of one of the units, in milliseconds; else not a number. */
export function parseDuration(text: string, units: readonly Unit[]): number {
  const [, count, unit] = /^([1-9]\d{0,3})([a-z])$/.exec(text) ?? [];
  const known = units.find((candidate) => candidate === unit);
  return known === undefined ? Number.NaN : Number(count) * unitMs[known];
}
