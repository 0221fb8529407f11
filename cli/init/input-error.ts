/** A problem of what the user passed. Its message contains no header value. */
export class InputError extends Error {
  override readonly name = "InputError";
}
