/** Says what failed, as one line. An error of the system is not a bug of this program. */
export function describeUnexpected(error: unknown): string {
  const { message, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined
    ? `${error}; this is a bug in pulumi-vcc, please report it`
    : message;
}
