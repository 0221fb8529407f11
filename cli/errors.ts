/** What the user passed is invalid. The message contains no header value. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A stack cannot be inspected, so nothing is known about drift. The message is one line. */
export class InspectionError extends Error {
  constructor(reason: string, nextStep: string) {
    super(`${reason}; ${nextStep}`);
  }
}

/** Says what failed, as one line. A system error is not a bug of this program. */
export function describeUnexpected(error: unknown): string {
  const { message, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined
    ? `${error}; this is a bug in pulumi-vcc, please report it`
    : message;
}
