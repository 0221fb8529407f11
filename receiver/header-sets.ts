import { createHash, timingSafeEqual } from "node:crypto";

/** Header name → value, as registered at VCC. */
export type HeaderSet = Readonly<Record<string, string>>;

/** One set, or at most 16 sets by name. */
type AcceptedHeaders = HeaderSet | Readonly<Record<string, HeaderSet>>;

export interface HeaderSets {
  names: string[];
  /**
   * Returns the name of the set whose headers the request carries. If it carries several sets, the largest wins,
   * then the first. If it carries none, returns the names of the headers that differ from each set.
   */
  match(headers: Headers): { name: string } | { mismatch: string };
}

/** Accepts requests that carry all headers of a set. A single set without a name is called `default`. */
export function createHeaderSets(accepted: AcceptedHeaders): HeaderSets {
  const named = isNamed(accepted) ? accepted : { default: accepted };
  const sets = Object.entries(named).map(([name, headers]) => ({
    name,
    expected: Object.entries(headers).map(([header, value]) => ({ header, value: digest(value) })),
  }));
  const largestFirst = sets.toSorted((a, b) => b.expected.length - a.expected.length);
  return {
    names: sets.map(({ name }) => name),
    match(headers) {
      // Compares every header of every set, so that the duration does not depend on the values.
      const results = largestFirst.map(({ name, expected }) => ({
        name,
        differing: expected.filter(
          ({ header, value }) => !timingSafeEqual(digest(headers.get(header) ?? ""), value),
        ),
      }));
      const match = results.find(({ differing }) => differing.length === 0);
      if (match) return { name: match.name };
      const mismatches = results.map(
        ({ name, differing }) => `${name}: ${differing.map(({ header }) => header).join(", ")}`,
      );
      return { mismatch: `missing or different headers (${mismatches.join("; ")})` };
    },
  };
}

/** Of equal length for all values, which `timingSafeEqual` requires. */
export function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}

/** Whether these are sets by name. */
export function isNamed(accepted: unknown): accepted is Readonly<Record<string, HeaderSet>> {
  return isObject(accepted) && Object.values(accepted).some(isObject);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
