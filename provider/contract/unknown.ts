/**
 * Stands for a value that is not known yet, in a preview, at any depth. If a secret object contains
 * an unknown value, this string replaces the whole object.
 *
 * @see `unknownValue` in `@pulumi/pulumi/runtime/rpc`
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Types describe known values; in a preview any value may be unknown instead. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}
