import { createHash, timingSafeEqual } from "node:crypto";

/** Header name → value, as registered at VCC. */
export type HeaderSet = Readonly<Record<string, string>>;

export interface HeaderSets {
  names: string[];
  /**
   * The name of the set whose headers the request carries. If it carries several, the one with the most
   * headers, then the first. Else what differs from each set, without values.
   */
  match(headers: Headers): { name: string } | { mismatch: string };
}

/** @throws TypeError for a set that would accept any request, or none */
export function createHeaderSets(accepted: HeaderSet | Record<string, HeaderSet>): HeaderSets {
  const sets = Object.entries(namedSets(accepted)).map(([name, headers]) => ({
    name,
    expected: digestsOf(name, headers),
  }));
  const mostSpecificFirst = sets.toSorted((a, b) => b.expected.length - a.expected.length);
  return {
    names: sets.map(({ name }) => name),
    match(headers) {
      // Every header of every set is compared, so that the duration tells nothing about the values.
      const results = mostSpecificFirst.map(({ name, expected }) => ({
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

function namedSets(accepted: HeaderSet | Record<string, HeaderSet>): Record<string, HeaderSet> {
  if (!isObject(accepted)) {
    throw new TypeError("headers: must be an object of header names and values, or of named sets");
  }
  const named = Object.values(accepted).some(isObject);
  const sets = named ? (accepted as Record<string, HeaderSet>) : { default: accepted as HeaderSet };
  const names = Object.keys(sets);
  // What evidence can contain.
  if (names.length > 16 || !names.every((name) => /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(name))) {
    throw new TypeError("headers: at most 16 sets, with names of 1 to 100 visible characters");
  }
  return sets;
}

function digestsOf(name: string, headers: HeaderSet) {
  const entries = isObject(headers) ? Object.entries(headers) : [];
  if (entries.length === 0) {
    throw new TypeError(
      `headers: the set ${JSON.stringify(name)} has no header. Is it an object of names and values?`,
    );
  }
  if (new Set(entries.map(([header]) => header.toLowerCase())).size < entries.length) {
    throw new TypeError(
      `headers: the set ${JSON.stringify(name)} has names that differ only by case`,
    );
  }
  return entries.map(([header, value]) => {
    if (!canBeReceived(header, value)) {
      throw new TypeError(
        `headers: ${header} of the set ${JSON.stringify(name)} is empty or cannot be received. Is its environment variable set, and without a line break?`,
      );
    }
    return { header, value: digest(value) };
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Not if the value is empty, has whitespace around it, which HTTP removes, or ends with what a template makes of a
 * missing variable, which anybody could guess.
 */
export function canBeReceived(header: string, value: unknown): boolean {
  try {
    return (
      typeof value === "string" &&
      value !== "" &&
      !/(^|\s)(undefined|null|NaN|\[object \w+\])$/.test(value) &&
      new Headers([[header, value]]).get(header) === value
    );
  } catch {
    return false;
  }
}

/** Of equal length for all values, which `timingSafeEqual` requires. */
export function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
