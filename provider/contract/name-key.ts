/**
 * Identifies a name within an account. VCC does not document whether it distinguishes names by case or
 * Unicode normalization, so names that differ only in these have one key.
 */
export function nameKey(region: string, provider: string): string {
  return `${region}/${provider.normalize("NFC").toLowerCase()}`;
}
