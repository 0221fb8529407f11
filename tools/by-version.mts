/** Sorts versions, ascending. */
export function byVersion(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
