const { engines, peerDependencies }: PackageManifest = require("pulumi-vcc/package.json");

interface PackageManifest {
  engines: { node: string };
  peerDependencies: Record<string, string>;
}

/** The oldest version of Node.js that is supported: `engines` of `package.json`. */
export const oldestNode = engines.node.replace(">=", "");

/** Returns an error message if this version of Node.js is too old, otherwise `undefined`. */
export function problemOfNodeVersion(version = process.versions.node): string | undefined {
  if (!isOlder(version, oldestNode)) return undefined;
  return `Node.js ${oldestNode} or newer is required, and this is ${version} (${process.execPath})`;
}

/**
 * Returns an error message if this version of `@pulumi/pulumi` is too old, otherwise `undefined`. Only npm
 * checks `peerDependencies`.
 */
export function problemOfSdkVersion(version: string): string | undefined {
  const oldest = peerDependencies["@pulumi/pulumi"]?.replace("^", "") ?? "";
  if (!isOlder(version, oldest)) return undefined;
  return `@pulumi/pulumi ${oldest} or newer is required, and this is ${version}: npm install @pulumi/pulumi@latest`;
}

/** Whether a version like "22.9.0" is older than another one. */
export function isOlder(version: string, other: string): boolean {
  return version.localeCompare(other, "en", { numeric: true }) < 0;
}
