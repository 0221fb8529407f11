/**
 * A refused request, or another problem that no handler caused. It quotes no header or body, and has no stack,
 * which would only show this package: a log has one line for each.
 */
export class ReceiverError extends Error {
  constructor(message: string) {
    super(message);
    this.stack = `${this.name}: ${message}`;
  }
}

/** Responds to a request without a reason, which `onError` receives. */
export type Refuse = (status: number, reason: string, headers?: Record<string, string>) => Response;
