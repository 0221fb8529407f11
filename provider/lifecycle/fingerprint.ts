import { createHmac, randomBytes } from "node:crypto";
import type { AccountId } from "../accounts/credentials";
import { isUnknown } from "../pulumi-values";
import type { ProviderSettings } from "../vcc/provider-settings";

// A fingerprint shows that a secret changed without showing the secret. Each resource has a random
// key, which the state encrypts. Without the key nobody can test guesses of a weak secret, and
// equal secrets of two resources look different.

/** Creates a key of 128 random bits, base64url. */
export function createFingerprintKey(): string {
  return randomBytes(16).toString("base64url");
}

/**
 * Header name → fingerprint of its value. With an unknown value or key, it is unknown too.
 *
 * @param others of headers without a value here
 */
export function headerFingerprints(
  values: Record<string, string>,
  key: string,
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  if (isUnknown(values)) return values;
  if (isUnknown(key)) return key as never;
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    isUnknown(value) ? value : fingerprint(key, ["header", name, value]),
  ]);
  return { ...Object.fromEntries(entries), ...others };
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
