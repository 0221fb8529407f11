/** Marks special values in Pulumi's protocol. @see `specialSigKey` in `@pulumi/pulumi/runtime/rpc` */
export const signatureKey = "4dabf18193072939515e22adb298388d";

/** A secret in Pulumi's protocol. @see `specialSecretSig` in `@pulumi/pulumi/runtime/rpc` */
export interface Secret<Value> {
  [signatureKey]: "1b47061264138c4ac30d75fd1eb44270";
  value: Value;
}

export function secretOf<Value>(value: Value): Secret<Value> {
  return { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", value };
}

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
  return unknownPaths(value).length > 0;
}

/** Where an object contains unknown values, like `headers["Authorization"]`. */
export function unknownPaths(value: unknown, path = ""): string[] {
  if (isUnknown(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    unknownPaths(entry, path === "" ? key : `${path}[${JSON.stringify(key)}]`),
  );
}
