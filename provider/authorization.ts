import * as pulumi from "@pulumi/pulumi";

/**
 * The value of an `Authorization` header that carries a bearer token.
 *
 * @param token the token alone, without `Bearer`
 * @returns a secret `Bearer <token>`
 * @throws when the token is missing or empty, so that a mistyped configuration key cannot register
 *   `Bearer undefined`
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
 * The value of an `Authorization` header that carries a user name and a password.
 *
 * @param user without a colon, which would end it
 * @returns a secret `Basic <base64 of user:password, UTF-8>`
 * @throws when one of the two is missing or empty, or the user holds a colon
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
      throw new pulumi.RunError("basic(user, password): the user must not hold a colon (RFC 7617)");
    }
    return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
  });
}

/** Programs in JavaScript, and outputs of other stacks, can carry `undefined` past the types. */
function required(helper: string, parameter: string, value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw new pulumi.RunError(`${helper}(): the ${parameter} is missing or empty`);
  }
  return value;
}
