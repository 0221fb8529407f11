/**
 * A refused request, or another problem that no handler caused. It quotes no header and no body. It has no stack,
 * so that a log has one line for each.
 */
export class ReceiverError extends Error {
  // Private, so that a log does not show it.
  readonly #response: ResponseInit;

  /** @param response without a reason, which `onError` receives */
  constructor(message: string, response: ResponseInit = {}) {
    super(message);
    this.stack = `${this.name}: ${message}`;
    this.#response = response;
  }

  get response(): ResponseInit {
    return this.#response;
  }
}
