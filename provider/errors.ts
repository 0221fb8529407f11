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

/** What may pass: too slow, too many, or trouble behind a gateway. */
const passingStatuses = [408, 429, 500, 502, 503, 504];

/** VCC answered and refused. */
export class ApiError extends VccError {
  readonly code = "VCC_API";
  readonly status: number;
  override readonly retryable: boolean;
  /** How long VCC asks to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryable = passingStatuses.includes(status);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Run again later: VCC asks to wait longer than an attempt may take. */
export class DeadlineError extends VccError {
  readonly code = "VCC_DEADLINE";
}

/** VCC was not reached, or the answer did not arrive. */
export class NetworkError extends VccError {
  readonly code = "VCC_NETWORK";
  override readonly retryable: boolean;
  /** Whether the request may have arrived. */
  readonly sent: boolean;

  /** @param options.retryable false for what stands in the way until somebody mends it. @default true */
  constructor(
    message: string,
    { sent, retryable = true, cause }: { sent: boolean; retryable?: boolean; cause?: unknown },
  ) {
    super(message, { cause });
    this.sent = sent;
    this.retryable = retryable;
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
