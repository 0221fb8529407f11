/**
 * The SDK gives each promise of a resource a stack trace, dozens for each resource, and ts-node maps
 * each to the sources: a third of the time of a program with many resources. Only
 * `PULUMI_DEBUG_PROMISE_LEAKS` ever shows them. Where a resource was declared is found out in another
 * way, which this leaves alone.
 *
 * @returns brings the traces back; to be called without an await in between
 */
export function pauseStackTraces(): () => void {
  const before = Error.stackTraceLimit;
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
  return () => {
    Error.stackTraceLimit = before;
  };
}
