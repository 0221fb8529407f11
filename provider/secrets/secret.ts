import { isPlainObject } from "../plain-object";

/**
 * A header value that the provider process reads from its environment. The program, the engine and the state contain
 * only this description of it. `fromEnvironment`, `secretText`, `bearer` and `basic` create it.
 */
export interface Secret {
  /** Where the value is: in the environment of the `pulumi` command. */
  source: "environment";
  /** The name of the environment variable. */
  name: string;
  /** Text before the variable's value. @default none */
  prefix?: string;
  /** Text after the variable's value. @default none */
  suffix?: string;
  /**
   * `"basic"`: the text, which is `user:password`, becomes the value of an `Authorization` header (RFC 7617).
   * @default the text is the value
   */
  encoding?: "basic";
}

/** The names of environment variables that every shell can set. */
export const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Text, or where to find it. */
export type HeaderValue = string | Secret;

/** Whether a value describes a secret, valid or not. */
export function isSecret(value: unknown): value is Secret {
  return isPlainObject(value) && Object.hasOwn(value, "source");
}

/** The value of an `Authorization` header. @see RFC 7617, section 2 */
export function basicCredentials(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword, "utf8").toString("base64")}`;
}
