import { createHmac, randomBytes } from "node:crypto";
import type { AccountId } from "./credentials";
import type { Registration } from "./settings";
import { toSettings } from "./settings";
import { isUnknown } from "./unknown";

// Fingerprints tell that a secret changed without telling the secret. They are keyed with a random
// key of the resource, which the state holds encrypted: without the key nobody can test guesses of a
// weak secret, and equal secrets of two resources look different.

/** A new key: 128 random bits, base64url. */
export function createFingerprintKey(): string {
  return randomBytes(16).toString("base64url");
}

/** Header name → fingerprint of its value; what is unknown stays unknown. */
export function headerFingerprints(
  headers: Record<string, string>,
  key: string,
): Record<string, string> {
  if (isUnknown(headers)) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isUnknown(value) ? value : fingerprint(key, ["header", name, value]),
    ]),
  );
}

/** Stands for who registers, and where: ids of clients are nobody's business in a preview. */
export function accountFingerprint(account: AccountId, key: string): string {
  return fingerprint(key, ["account", account.clientId, account.apiUrl ?? ""]);
}

/** One fingerprint of everything that is registered: region, name, endpoint, headers, permissions. */
export function registrationFingerprint(region: string, registration: Registration, key: string) {
  const { headers = {}, ...settings } = toSettings(registration);
  const sortedHeaders = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprint(key, ["registration", region, settings, sortedHeaders]);
}

/** The first 48 bits of an HMAC-SHA256, in hex: enough to see a change, short enough to read and to store. */
function fingerprint(key: string, parts: unknown[]): string {
  return createHmac("sha256", key).update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
