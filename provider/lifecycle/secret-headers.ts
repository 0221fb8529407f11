import { isDeepStrictEqual } from "node:util";
import type { ResolvedHeaders } from "../secrets/resolve";
import { type HeaderValue, isSecret } from "../secrets/secret";

type Headers = Readonly<Record<string, HeaderValue>>;

/** What an earlier check of the same registration returned, or what was registered. */
interface Before {
  headers?: Headers | undefined;
  headerFingerprints?: Readonly<Record<string, string>> | undefined;
}

/** What a run does not compare. */
export interface UncomparedHeaders {
  /** Header → earlier fingerprint, which stays. */
  kept: Record<string, string>;
  /** Header → the variable that this run lacks, if there is an earlier fingerprint, and the program does not ignore it. */
  uncompared: Record<string, string>;
  /** Header → the variable that this run lacks, if there is no earlier fingerprint. */
  missing: Record<string, string>;
}

/**
 * Decides which headers keep their fingerprints: those whose secret is the same as before, and not resolved, or ignored
 * by the program.
 */
export function findUncompared(
  headers: Headers,
  { unresolved }: Pick<ResolvedHeaders, "unresolved">,
  before: Before,
  isIgnored: (header: string) => boolean,
): UncomparedHeaders {
  const found: UncomparedHeaders = { kept: {}, uncompared: {}, missing: {} };
  for (const [header, value] of Object.entries(headers)) {
    if (!isSecret(value)) continue;
    const variable = Object.hasOwn(unresolved, header) ? unresolved[header] : undefined;
    const isSame = isDeepStrictEqual(before.headers?.[header], value);
    const earlier = isSame ? before.headerFingerprints?.[header] : undefined;
    if (earlier !== undefined && (variable !== undefined || isIgnored(header))) {
      found.kept[header] = earlier;
      if (variable !== undefined && !isIgnored(header)) found.uncompared[header] = variable;
    } else if (variable !== undefined) {
      found.missing[header] = variable;
    }
  }
  return found;
}

/**
 * Headers with fingerprints in place of values where one of both is a secret, so that a registration with the same
 * value equals it.
 */
export function comparableHeaders(
  { headers, headerFingerprints = {} }: Before,
  { headers: others }: Pick<Before, "headers">,
): unknown {
  // Unknown as a whole, or missing.
  if (typeof headers !== "object") return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecret(value) || isSecret(others?.[name]) ? [headerFingerprints[name]] : value,
    ]),
  );
}

/** One sentence for each variable that a registration needs. */
export function problemsOfMissing(missing: Readonly<Record<string, string>>): string[] {
  return Object.entries(missing).map(
    ([header, variable]) =>
      `headers[${JSON.stringify(header)}]: the environment variable ${variable} is not set, or empty; ` +
      "this registration was not sent. Set the variable where pulumi runs",
  );
}
