/**
 * Stops ts-node from mapping stack traces to the sources, until the returned function is called.
 *
 * The SDK captures a stack trace for each promise of a resource, dozens per resource, and shows
 * them only with `PULUMI_DEBUG_PROMISE_LEAKS`. Mapping them takes most of the time of a program with
 * many resources: without this pause, a preview of 1,000 registrations takes 1.4 times as much CPU
 * time (16.9 s instead of 12.1 s; a hand-written `dynamic.Resource` takes 14.1 s).
 *
 * Errors that are inspected later are mapped. So is the declaration of a resource, which the SDK
 * looks up with an unlimited trace, and the engine stores: it gets the frames of the program, since
 * those of what loads it are the same for each resource, and a fifth of its state.
 *
 * @returns a function that resumes the mapping; call it before any `await`
 */
export function pauseStackTraces(): () => void {
  const { prepareStackTrace } = Error;
  if (prepareStackTrace === undefined || process.env.PULUMI_DEBUG_PROMISE_LEAKS) return () => {};
  const unmapped: typeof prepareStackTrace = (error, sites) =>
    Error.stackTraceLimit === Number.POSITIVE_INFINITY
      ? prepareStackTrace(error, withoutLoader(sites))
      : [error, ...sites].join("\n    at ");
  Error.prepareStackTrace = unmapped;
  return () => {
    // A transformation may have loaded a library that sets its own.
    if (Error.prepareStackTrace === unmapped) Error.prepareStackTrace = prepareStackTrace;
  };
}

/** The frames down to the program's last one: below it are Node.js, Yarn's loader, ts-node and the SDK. */
function withoutLoader(sites: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const last = sites.findLastIndex((site) => {
    const file = site.getFileName() ?? "node:";
    return !file.startsWith("node:") && !/[\\/](node_modules[\\/]|\.pnp\.)/.test(file);
  });
  return last === -1 ? sites : sites.slice(0, last + 1);
}
