import { isOlder } from "./version";

const { engines }: { engines: { node: string } } = require("pulumi-vcc/package.json");

/** The oldest version of Node.js that is supported: `engines` of `package.json`. */
export const oldestNode = engines.node.replace(">=", "");

/**
 * Explains that this version of Node.js is too old. `undefined` if it is supported.
 */
export function problemOfNodeVersion(version = process.versions.node): string | undefined {
  if (!isOlder(version, oldestNode)) return undefined;
  return `Node.js ${oldestNode} or newer is required, and this is ${version} (${process.execPath})`;
}
