import { isOlder } from "./version";

const { peerDependencies }: { peerDependencies: Record<string, string> } =
  require("pulumi-vcc/package.json");

/**
 * Explains that this version of `@pulumi/pulumi` is older than `peerDependencies` of `package.json` admits:
 * only npm refuses to install it. `undefined` if it is supported.
 */
export function problemOfSdkVersion(version: string): string | undefined {
  const oldest = peerDependencies["@pulumi/pulumi"]?.replace("^", "") ?? "";
  if (!isOlder(version, oldest)) return undefined;
  return `@pulumi/pulumi ${oldest} or newer is required, and this is ${version}: npm install @pulumi/pulumi@latest`;
}
