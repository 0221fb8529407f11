/**
 * There is one class per reaction of the caller. Messages are complete sentences and
 * contain no secrets: the engine prints them as they are. An error never changes, since registrations that share
 * a request share its error.
 */
export abstract class VccError extends Error {
  /** Whether the same request may succeed later. The retry policy reads only this. */
  readonly retryable: boolean = false;
  /** Whether the request may have taken effect nevertheless. */
  readonly outcomeUnknown: boolean = false;
  override get name() {
    return this.constructor.name;
  }
  /** The same error with another message. */
  abstract withMessage(message: string): VccError;
}

/** Fix the configuration: nothing was sent. */
export class ConfigurationError extends VccError {
  /** One sentence each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("; "));
    this.problems = problems;
  }

  withMessage(message: string) {
    return new ConfigurationError([message]);
  }
}

/** Fix the credentials or their permissions. */
export class AuthenticationError extends VccError {
  withMessage(message: string) {
    return new AuthenticationError(message);
  }
}

/** Timeouts, rate limits and gateway errors, which may be temporary. */
const retryableStatuses = [408, 429, 500, 502, 503, 504];

/** VCC responded with an error status. */
export class ApiError extends VccError {
  readonly status: number;
  override readonly retryable: boolean;
  override readonly outcomeUnknown: boolean;
  /** How long VCC asks to wait before the next attempt. Unit: milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryable = retryableStatuses.includes(status);
    this.outcomeUnknown = status === 408 || status >= 500;
    this.retryAfterMs = retryAfterMs;
  }

  withMessage(message: string) {
    return new ApiError(message, this.status, this.retryAfterMs);
  }
}

/** Run again later: the deadline does not allow for another attempt. */
export class DeadlineError extends VccError {
  withMessage(message: string) {
    return new DeadlineError(message);
  }
}

interface NetworkErrorOptions {
  /** Whether the request may have arrived. */
  maybeSent: boolean;
  /** False if only a change of the configuration helps. @default true */
  retryable?: boolean;
  cause?: unknown;
}

/** VCC was not reached, or its response did not arrive. */
export class NetworkError extends VccError {
  override readonly retryable: boolean;
  override readonly outcomeUnknown: boolean;

  constructor(message: string, { maybeSent, retryable = true, cause }: NetworkErrorOptions) {
    super(message, { cause });
    this.outcomeUnknown = maybeSent;
    this.retryable = retryable;
  }

  withMessage(message: string) {
    const { outcomeUnknown: maybeSent, retryable, cause } = this;
    return new NetworkError(message, { maybeSent, retryable, cause });
  }
}

/** The response violates the protocol: most likely the server is not VCC. */
export class ProtocolError extends VccError {
  override readonly outcomeUnknown: boolean;

  constructor(message: string, { outcomeUnknown = false } = {}) {
    super(message);
    this.outcomeUnknown = outcomeUnknown;
  }

  withMessage(message: string) {
    return new ProtocolError(message, this);
  }
}
