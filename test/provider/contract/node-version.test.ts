import { problemOfNodeVersion } from "../../../provider/contract/node-version";

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
