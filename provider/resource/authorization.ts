import * as pulumi from "@pulumi/pulumi";
import { basicCredentials, isSecret, type Secret } from "../secrets/secret";
import { runError } from "./run-error";
import { encoded, withText } from "./secret-text";

/**
 * Builds the value of an `Authorization` header with a bearer token.
 *
 * @param token without `Bearer`
 * @returns a secret `Bearer <token>`, or `undefined` if the token is an output that is: a `VccProvider`
 *   rejects that header, and names it
 * @throws if the token is missing or empty: a mistyped configuration key must not register `Bearer
 *   undefined`
 * @see RFC 6750, section 2.1
 *
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import { bearer } from "pulumi-vcc";
 *
 * const headers = { Authorization: bearer(new pulumi.Config().requireSecret("callbackToken")) };
 */
export function bearer(token: pulumi.Input<string>): pulumi.Output<string>;
/** Refers to a bearer token that is not part of the program: see `fromEnvironment`. */
export function bearer(token: Secret): Secret;
export function bearer(token: pulumi.Input<string> | Secret): pulumi.Output<string> | Secret;
export function bearer(token: pulumi.Input<string> | Secret): pulumi.Output<string> | Secret {
  if (isSecret(token)) return withText("Bearer ", token);
  return authorization("bearer", { token }, ({ token }) => `Bearer ${token}`);
}

/**
 * Builds the value of an `Authorization` header with a user name and a password.
 *
 * @param user without a colon, which separates it from the password
 * @returns a secret `Basic <base64 of user:password, UTF-8>`, or `undefined` as `bearer`
 * @throws if one of them is missing or empty, or the user contains a colon
 * @see RFC 7617, section 2
 *
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import { basic } from "pulumi-vcc";
 *
 * const headers = { Authorization: basic("vcc", new pulumi.Config().requireSecret("password")) };
 */
export function basic(
  user: pulumi.Input<string>,
  password: pulumi.Input<string>,
): pulumi.Output<string>;
/** Refers to a password that is not part of the program: see `fromEnvironment`. The user must be a string. */
export function basic(user: string, password: Secret): Secret;
export function basic(
  user: string,
  password: pulumi.Input<string> | Secret,
): pulumi.Output<string> | Secret;
export function basic(
  user: pulumi.Input<string>,
  password: pulumi.Input<string> | Secret,
): pulumi.Output<string> | Secret {
  if (isSecret(password)) {
    if (typeof user !== "string" || user === "") {
      throw runError(
        "basic(): with a secret as password, the user must be a string that is not empty",
      );
    }
    requireNoColon(user);
    return encoded(withText(`${user}:`, password));
  }
  return authorization("basic", { user, password }, ({ user, password }) => {
    requireNoColon(user);
    return basicCredentials(`${user}:${password}`);
  });
}

function requireNoColon(user: string): void {
  if (!user.includes(":")) return;
  throw runError("basic(user, password): the user must not contain a colon (RFC 7617)");
}

function authorization<Parameter extends string>(
  helper: string,
  inputs: Record<Parameter, pulumi.Input<string>>,
  build: (values: Record<Parameter, string>) => string,
): pulumi.Output<string> {
  const values = pulumi.secret(inputs) as pulumi.Output<Record<Parameter, string>>;
  return values.apply((values) => {
    const parameters = Object.keys(inputs) as Parameter[];
    // An error would end operations that skip the resource, whose outputs are undefined then.
    const isUndefined = (parameter: Parameter) =>
      values[parameter] == null && isOutput(inputs[parameter]);
    if (parameters.some(isUndefined)) return undefined as never;
    for (const parameter of parameters) {
      if (isSecret(values[parameter])) {
        throw runError(
          `${helper}(): the ${parameter} is fromEnvironment(…) within an output: pass it directly`,
        );
      }
      // JavaScript programs can pass `undefined` despite the types.
      if (typeof values[parameter] !== "string" || values[parameter] === "") {
        throw runError(`${helper}(): the ${parameter} is missing or empty`);
      }
    }
    return build(values);
  });
}

function isOutput(input: unknown): boolean {
  return pulumi.Output.isInstance(input) || input instanceof Promise;
}
