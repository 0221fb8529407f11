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
