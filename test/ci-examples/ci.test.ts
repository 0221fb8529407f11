import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(__dirname, "../..");

describe("the CI workflow", () => {
  const { permissions, jobs } = parse(readFileSync(join(root, ".github/workflows/ci.yml"), "utf8"));
  const { matrix } = jobs.ci.strategy;

  it("runs what .ci/run runs, on every platform, and may only read", () => {
    expect(matrix.os).toEqual(["ubuntu-latest", "macos-latest", "windows-latest"]);
    expect(jobs.ci.steps.at(-1).run).toBe(".ci/run $PACKAGES");
    expect([permissions, jobs.ci.permissions]).toEqual([{}, { contents: "read" }]);
  });

  it("runs the oldest Node.js and the oldest SDK that the package supports", () => {
    const { engines, peerDependencies } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    );
    const packages = matrix.include.map((row: { packages: string }) => row.packages);
    expect(packages).toContain(`node@${engines.node.replace(">=", "")}`);
    expect(packages).toContain(
      `@pulumi/pulumi@${peerDependencies["@pulumi/pulumi"].replace(/^\D+/, "")}`,
    );
  });
});
