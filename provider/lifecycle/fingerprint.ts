import { createHmac, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { AccountId } from "../accounts/credentials";
import { isUnknown, unknownValue } from "../pulumi-values";
import type { ResolvedHeaders } from "../secrets/resolve";
import type { HeaderValue } from "../secrets/secret";
import type { ProviderSettings } from "../vcc/provider-settings";

// A fingerprint shows that a secret changed without showing the secret. Each resource has a random
// key, which the state encrypts. Without the key nobody can test guesses of a weak secret, and
// equal secrets of two resources look different.

/** Creates a key of 128 random bits, base64url. */
export function createFingerprintKey(): string {
  return randomBytes(16).toString("base64url");
}

/**
 * Header name → fingerprint of its value. With an unknown value or key, it is unknown too. A secret that is not resolved
 * keeps its earlier fingerprint. Without one, `unresolved: <variable>` takes its place.
 */
export function headerFingerprints(
  headers: Readonly<Record<string, HeaderValue>>,
  { values, unresolved }: Pick<ResolvedHeaders, "values" | "unresolved">,
  key: string,
  before: Fingerprinted = {},
): Record<string, string> {
  if (isUnknown(headers) || isUnknown(key)) return unknownValue as never;
  return Object.fromEntries([
    ...Object.entries(values).map(([name, value]) => [
      name,
      isUnknown(value) ? value : fingerprint(key, ["header", name, value]),
    ]),
    ...Object.entries(unresolved).map(([name, variable]) => [
      name,
      earlierFingerprint(name, headers, before) ?? `unresolved: ${variable}`,
    ]),
  ]);
}

/** What an earlier check of the same registration, with the same key, returned. */
interface Fingerprinted {
  headers?: Readonly<Record<string, HeaderValue>>;
  headerFingerprints?: Readonly<Record<string, string>>;
}

/** The fingerprint of the same secret. */
export function earlierFingerprint(
  name: string,
  headers: Readonly<Record<string, HeaderValue>>,
  before: Fingerprinted,
): string | undefined {
  const isSame = isDeepStrictEqual(before.headers?.[name], headers[name]);
  return isSame ? before.headerFingerprints?.[name] : undefined;
}

/** The fingerprint of an account: previews must not show client IDs. `undefined` without an ID. */
export function accountFingerprint(id: AccountId | undefined, key: string): string | undefined {
  if (id === undefined || isUnknown(key)) return id && key;
  const { clientId, apiUrl = "" } = id;
  return fingerprint(key, ["account", clientId, apiUrl]);
}

/** The fingerprint of a whole registration: region, name, endpoint, headers, permissions. */
export function registrationFingerprint(
  region: string,
  { headers = {}, ...settings }: ProviderSettings,
  key: string,
): string {
  const sortedHeaders = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprint(key, ["registration", region, settings, sortedHeaders]);
}

/**
 * The first 48 bits of an HMAC-SHA256, in hex: enough to show a change, and short to read and to
 * store.
 */
function fingerprint(key: string, parts: unknown[]): string {
  return createHmac("sha256", key).update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
