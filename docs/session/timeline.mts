import type { Frame, Line } from "./frames.mts";

/** A line of the terminal while it stays the same. */
export interface Appearance {
  row: number;
  line: Line;
  /** The index of its first frame. */
  from: number;
  /** The index of the first frame without it. @default it stays */
  to?: number;
}

/** Every line that the terminal has shown, in the order of their first frames. */
export function appearancesOf(frames: readonly Frame[]): Appearance[] {
  const all: Appearance[] = [];
  const current = new Map<number, Appearance>();
  for (const [index, { lines }] of frames.entries()) {
    const count = Math.max(lines.length, frames[index - 1]?.lines.length ?? 0);
    for (let row = 0; row < count; row++) {
      const line = lines[row] ?? [];
      const shown = current.get(row);
      if (JSON.stringify(shown?.line ?? []) === JSON.stringify(line)) continue;
      if (shown !== undefined) shown.to = index;
      current.delete(row);
      if (line.length === 0) continue;
      const appearance = { row, line, from: index };
      current.set(row, appearance);
      all.push(appearance);
    }
  }
  return all;
}

/** Nobody waits for npm. A change stays as long as its lines take to read. */
export function withShortPauses(frames: readonly Frame[]): Frame[] {
  let atMs = 0;
  return frames.map((frame, index) => {
    const before = frames[index - 1];
    if (before !== undefined) {
      atMs += Math.min(
        frame.atMs - before.atMs,
        350 + 90 * changedLines(frames[index - 2], before),
      );
    }
    return { ...frame, atMs: Math.round(atMs) };
  });
}

function changedLines(before: Frame | undefined, { lines }: Frame): number {
  return lines.filter(
    (line, row) => JSON.stringify(line) !== JSON.stringify(before?.lines[row] ?? []),
  ).length;
}
