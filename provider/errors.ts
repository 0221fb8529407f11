/**
 * One class per reaction of whoever reads the message. Messages are complete sentences for the
 * person at the terminal and hold no secret; the engine prints them as they are.
 */
export abstract class VccError extends Error {
  abstract readonly code: string;
  /** Whether the same request may succeed when it is sent again. The retry policy reads only this. */
  readonly retryable: boolean = false;
  override get name() {
    return this.constructor.name;
  }
}

/** Mend the configuration: nothing was sent. */
export class ConfigurationError extends VccError {
  readonly code = "VCC_CONFIGURATION";
  /** A sentence each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("; "));
    this.problems = problems;
  }
}

/** Mend the credentials or what they may do. */
export class AuthenticationError extends VccError {
  readonly code = "VCC_AUTHENTICATION";
}

/** VCC answered and refused. */
export class ApiError extends VccError {
  readonly code = "VCC_API";
  readonly status: number;
  override readonly retryable: boolean;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
    this.retryable = status >= 500;
  }
}

/** VCC was not reached, or the answer did not arrive. */
export class NetworkError extends VccError {
  readonly code = "VCC_NETWORK";
  override readonly retryable = true;
  /** Whether the request may have arrived. */
  readonly sent: boolean;

  constructor(message: string, { sent, cause }: { sent: boolean; cause?: unknown }) {
    super(message, { cause });
    this.sent = sent;
  }
}

/** Register again: VCC may or may not have taken what was sent. */
export class UnacknowledgedError extends VccError {
  readonly code = "VCC_UNACKNOWLEDGED";
}

/** The other side does not keep to the protocol: most often it is not VCC. */
export class ContractError extends VccError {
  readonly code = "VCC_CONTRACT";
}
