/** The inspection failed, so nothing is known about drift. The message is one line and names the next step. */
export class InspectionError extends Error {
  constructor(reason: string, nextStep: string) {
    super(`${reason}; ${nextStep}`);
  }
}
