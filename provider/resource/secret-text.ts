import { isSecret, type Secret, variableName } from "../secrets/secret";
import { runError } from "./run-error";

/**
 * Refers to an environment variable of the `pulumi` command. Only the provider process reads it, to compute the
 * fingerprint of the header and to register: neither the program nor any state contains its value, not even encrypted.
 * A changed value shows up as a changed fingerprint in the next preview.
 *
 * @param name letters, digits and underscores; does not begin with a digit
 * @throws RunError if the name is invalid
 *
 * @example
 * import { bearer, fromEnvironment } from "pulumi-vcc";
 *
 * const headers = { Authorization: bearer(fromEnvironment("CRM_TOKEN")) };
 */
export function fromEnvironment(name: string): Secret {
  if (typeof name !== "string" || !variableName.test(name)) {
    throw runError(
      "fromEnvironment(name): the name of a variable has letters, digits and underscores, and does not begin with a digit",
    );
  }
  return guarded({ source: "environment", name });
}

/**
 * A template tag that adds text around a secret.
 *
 * @returns the secret with that text
 * @throws RunError unless there is exactly one secret, and everything else is a string or a number
 *
 * @example
 * import { fromEnvironment, secretText } from "pulumi-vcc";
 *
 * const headers = { Authorization: secretText`Token token=${fromEnvironment("CRM_TOKEN")}` };
 */
export function secretText(
  strings: TemplateStringsArray,
  ...values: Array<string | number | Secret>
): Secret {
  const at = values.findIndex(isSecret);
  const others = values.filter((_value, index) => index !== at);
  // A part with an invalid escape sequence is undefined.
  const texts: unknown[] = [...strings, ...others];
  if (at < 0 || !texts.every((text) => ["string", "number"].includes(typeof text))) {
    throw runError(
      "secretText: the text must contain exactly one secret, such as fromEnvironment(name), and otherwise strings and numbers",
    );
  }
  const prefix = String.raw({ raw: strings.slice(0, at + 1) }, ...values.slice(0, at));
  const suffix = String.raw({ raw: strings.slice(at + 1) }, ...values.slice(at + 1));
  return withText(prefix, values[at] as Secret, suffix);
}

/** @throws RunError for a secret that `basic` has encoded, and for text that Pulumi drops */
export function withText(before: string, secret: Secret, after = ""): Secret {
  const { prefix = "", suffix = "", encoding, ...source } = secret;
  if (encoding !== undefined) {
    throw runError("basic(user, password) already is the whole value of an Authorization header");
  }
  if (!(before + after).isWellFormed()) {
    throw runError("secretText: the text contains half of a surrogate pair, which Pulumi drops");
  }
  return guarded({
    ...source,
    ...(before + prefix !== "" && { prefix: before + prefix }),
    ...(suffix + after !== "" && { suffix: suffix + after }),
  });
}

export function encoded(secret: Secret): Secret {
  return guarded({ ...secret, encoding: "basic" });
}

/** Its conversion to text throws: VCC would register `[object Object]`. */
function guarded(secret: Secret): Secret {
  return Object.defineProperty(secret, Symbol.toPrimitive, {
    value: () => {
      throw runError(
        `fromEnvironment(${JSON.stringify(secret.name)}) is not a text: add text around it with secretText\`…\``,
      );
    },
  });
}
