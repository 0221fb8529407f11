const { engines }: { engines: { node: string } } = require("pulumi-vcc/package.json");

/**
 * Explains that this version of Node.js is too old: `engines` of `package.json` has the oldest one.
 * `undefined` if it is supported.
 */
export function problemOfNodeVersion(version = process.versions.node): string | undefined {
  const oldest = engines.node.replace(">=", "");
  if (version.localeCompare(oldest, "en", { numeric: true }) >= 0) return undefined;
  return `Node.js ${oldest} or newer is required, and this is ${version} (${process.execPath})`;
}
