import { problemOfSdkVersion } from "../../../provider/contract/sdk-version";

describe("the version of Pulumi's SDK", () => {
  it.each(["3.9.0", "3.200.0", "3.215.0"])("%s is too old", (version) => {
    expect(problemOfSdkVersion(version)).toBe(
      `@pulumi/pulumi 3.216.0 or newer is required, and this is ${version}: npm install @pulumi/pulumi@latest`,
    );
  });

  it.each(["3.216.0", "3.270.0", "4.0.0", require("@pulumi/pulumi/package.json").version])(
    "%s is supported",
    (version) => {
      expect(problemOfSdkVersion(version)).toBeUndefined();
    },
  );
});
