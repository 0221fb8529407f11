import * as pulumi from "@pulumi/pulumi";

/**
 * An error of an argument, which Pulumi prints without a stack trace. If an output rejects with a `RunError`
 * after the program has ended, the SDK prints its stack trace.
 */
export function runError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}
