import type { dynamic } from "@pulumi/pulumi";
import { VccError } from "../errors";
import { secretOf } from "../pulumi-values";
import { alwaysSecret, declarationIn } from "../resource/properties";

type Check = Required<dynamic.ResourceProvider>["check"];

/**
 * Marks the secrets in the result of `check`, and so in the state. The engine does that only for what it got as
 * a secret: transforms of an inline program and `pulumi.unsecret` remove the mark. Outputs are secret if inputs
 * of their name are.
 */
export function withSecretInputs(check: Check): Check {
  return async (olds, news) => {
    const { inputs, ...result } = await check(olds, news);
    if (inputs === undefined) return result;
    const { secret = [] } = declarationIn(news);
    const marked = Object.entries(inputs).map(([key, value]) => [
      key,
      alwaysSecret.includes(key) || secret.includes(key) ? secretOf(value) : value,
    ]);
    return { ...result, inputs: Object.fromEntries(marked) };
  };
}

/**
 * Hides the stack traces of errors. Pulumi's provider process prints `${error}: ${error.stack}` of a failed check,
 * diff, read or delete, and the engine prints the message as well.
 */
export function withoutStackTraces<Arguments extends unknown[], Result>(
  call: (...args: Arguments) => Promise<Result>,
) {
  return async (...args: Arguments): Promise<Result> => {
    try {
      return await call(...args);
    } catch (error) {
      throw withoutStackTrace(error as Error);
    }
  };
}

/** A copy, since several registrations may share an error. */
function withoutStackTrace(error: Error): Error {
  const message =
    error instanceof VccError
      ? error.message
      : `${error}. This is a bug in pulumi-vcc, please report it`;
  return Object.create(error, {
    toString: { value: () => "pulumi-vcc" },
    message: { value: message },
    stack: { value: message },
  });
}
