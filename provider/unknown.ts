/**
 * What the engine sends in a preview in place of a value that is not known yet, at any depth; an
 * object with one unknown inside a secret arrives as this string as a whole.
 *
 * @see `unknownValue` in `@pulumi/pulumi/runtime/rpc`
 */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Types say what a value is once it is known; in a preview any of them may be this instead. */
export function isUnknown(value: unknown): boolean {
  return value === unknown;
}

export function holdsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsUnknown);
}
