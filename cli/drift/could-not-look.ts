/**
 * The look failed: nothing can be said, least of all that there is no drift. The message is one line,
 * and says what to do next.
 */
export class CouldNotLookError extends Error {
  constructor(reason: string, nextStep: string) {
    super(`${reason}; ${nextStep}`);
  }
}
