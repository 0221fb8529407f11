const collator = new Intl.Collator("en", { numeric: true });

/** Compares lists of names, one after the other. A missing name comes first. */
export function compareNames(
  a: ReadonlyArray<string | null>,
  b: ReadonlyArray<string | null>,
): number {
  const orders = a.map((name, index) => collator.compare(name ?? "", b[index] ?? ""));
  return orders.find((order) => order !== 0) ?? 0;
}
