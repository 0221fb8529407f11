import * as pulumi from "@pulumi/pulumi";

/**
 * The position in a frame: `at name (file:1:2)`, or `at file:1:2` in code without a name, such as the top level
 * of an ES module. The file is a path, which may contain parentheses, or a URL.
 *
 * @see https://v8.dev/docs/stack-trace-api#appendix%3A-stack-trace-format
 */
export const framePosition =
  /^(?!.*<anonymous>:)\s*at (?:async |.*? \((?=.*\)$))?(?<file>(?:file:\/\/|[\\/]|[A-Za-z]:[\\/]).+):(?<line>\d+):(?<column>\d+)\)?$/;

/** The SDK's own pattern, which only matches frames with a name. An SDK without it ignores this one. */
const sdk = pulumi.Resource as unknown as { framePositionRegExp?: RegExp };

/**
 * Makes the SDK record where the program declares a resource, whatever the form of the frame, until the
 * returned function is called.
 */
export function readAllFrames(): () => void {
  const { framePositionRegExp } = sdk;
  if (framePositionRegExp === undefined) return () => {};
  sdk.framePositionRegExp = framePosition;
  return () => {
    sdk.framePositionRegExp = framePositionRegExp;
  };
}
