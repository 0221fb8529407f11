import type * as pulumi from "@pulumi/pulumi";

/** Members of an output that its declarations hide. */
interface Internals<Value> {
  promise(): Promise<Value>;
  isSecret: Promise<boolean>;
  isKnown: Promise<boolean>;
  allResources(): Promise<unknown>;
}

/** What an output resolves to. */
export async function settled<Value>(output: pulumi.Output<Value>) {
  const internals = output as unknown as Internals<Value>;
  // All four reject together, and an unhandled one would end the process.
  const [value, secret] = await Promise.all([
    internals.promise(),
    internals.isSecret,
    internals.isKnown,
    internals.allResources(),
  ]);
  return { value, secret };
}
