/**
 * The SDK gives each promise of a resource a stack trace, dozens for each resource, and ts-node
 * maps each to the sources at once: with many resources most of what a program does. Only
 * `PULUMI_DEBUG_PROMISE_LEAKS` ever shows these. Until the function that is returned is called,
 * they are not mapped; errors that are looked at later are, and so is where a resource was
 * declared, for which the SDK asks with an unlimited trace.
 *
 * @returns brings everything back; to be called without an await in between
 */
export function pauseStackTraces(): () => void {
  const { prepareStackTrace } = Error;
  if (prepareStackTrace === undefined || process.env.PULUMI_DEBUG_PROMISE_LEAKS) return () => {};
  const unmapped: typeof prepareStackTrace = (error, sites) =>
    Error.stackTraceLimit === Number.POSITIVE_INFINITY
      ? prepareStackTrace(error, sites)
      : [error, ...sites].join("\n    at ");
  Error.prepareStackTrace = unmapped;
  return () => {
    // A transformation may have loaded what sets its own.
    if (Error.prepareStackTrace === unmapped) Error.prepareStackTrace = prepareStackTrace;
  };
}
