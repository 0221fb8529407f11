import * as pulumi from "@pulumi/pulumi";
import { runError } from "./run-error";

/**
 * Builds the value of an `Authorization` header with a bearer token.
 *
 * @param token without `Bearer`
 * @returns a secret `Bearer <token>`
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
export function bearer(token: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.secret(token).apply((token) => `Bearer ${required("bearer", "token", token)}`);
}

/**
 * Builds the value of an `Authorization` header with a user name and a password.
 *
 * @param user without a colon, which separates it from the password
 * @returns a secret `Basic <base64 of user:password, UTF-8>`
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
): pulumi.Output<string> {
  return pulumi.secret(pulumi.all([user, password])).apply(([user, password]) => {
    required("basic", "user", user);
    required("basic", "password", password);
    if (user.includes(":")) {
      throw runError("basic(user, password): the user must not contain a colon (RFC 7617)");
    }
    return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
  });
}

/** JavaScript programs, and outputs of other stacks, can pass `undefined` despite the types. */
function required(helper: string, parameter: string, value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw runError(
      `${helper}(): the ${parameter} is missing or empty. Check the name that it comes from, such as that of a stack output`,
    );
  }
  return value;
}
