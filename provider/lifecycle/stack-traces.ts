import { VccError } from "../errors";

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
