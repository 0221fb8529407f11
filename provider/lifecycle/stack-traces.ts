import { VccError } from "../errors";

/**
 * Hides the stack traces of errors that users can do something about. Pulumi's provider process prints
 * `${error}: ${error.stack}` of a failed check, diff, read or delete, and the engine prints the message as well.
 */
export function withoutStackTraces<Arguments extends unknown[], Result>(
  call: (...args: Arguments) => Promise<Result>,
) {
  return async (...args: Arguments): Promise<Result> => {
    try {
      return await call(...args);
    } catch (error) {
      if (error instanceof VccError) {
        // Several registrations may share an error.
        const shared = { configurable: true };
        Object.defineProperties(error, {
          toString: { ...shared, value: () => "pulumi-vcc" },
          stack: { ...shared, value: error.message },
        });
      }
      throw error;
    }
  };
}
