import { problemOfNodeVersion, problemOfSdkVersion } from "../../provider/versions";

describe("the version of Node.js", () => {
  it.each(["16.20.2", "20.20.2", "22.9.0", "22.18.0"])("%s is too old", (version) => {
    expect(problemOfNodeVersion(version)).toBe(
      `Node.js 22.19.0 or newer is required, and this is ${version} (${process.execPath})`,
    );
  });

  it.each(["22.19.0", "22.20.1", "24.0.0", "100.0.0", process.versions.node])(
    "%s is supported",
    (version) => {
      expect(problemOfNodeVersion(version)).toBeUndefined();
    },
  );
});

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
