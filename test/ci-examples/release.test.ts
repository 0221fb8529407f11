import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { temporaryDirectory } from "../temporary-directory";
import { runJob } from "./workflow";

const workflow = ".github/workflows/release.yml";

interface Job {
  needs?: string;
  environment?: string;
  permissions: Record<string, string>;
  steps: Array<{ run?: string }>;
}

describe("the release workflow", () => {
  const directory = temporaryDirectory();
  const { permissions, jobs }: { permissions: object; jobs: Record<string, Job> } = parse(
    readFileSync(join(__dirname, "../..", workflow), "utf8"),
  );

  it("gives each job only the permission that it needs, and no secret", () => {
    expect(permissions).toEqual({});
    expect(Object.entries(jobs).map(([name, job]) => [name, job.permissions])).toEqual([
      ["test", { contents: "read" }],
      ["publish", { "id-token": "write" }],
      ["release", { contents: "write" }],
    ]);
    expect(JSON.stringify(jobs)).not.toContain("secrets.");
  });

  it("publishes after the tests, if somebody approves, and runs no code of the repository then", () => {
    const { publish } = jobs;
    expect(publish).toMatchObject({ needs: "test", environment: "npm" });
    const [command, ...others] = publish?.steps.flatMap(({ run }) => run ?? []) ?? [];
    expect(command).toMatch(/^npm publish "\.\/pulumi-vcc-\S+\.tgz"$/);
    expect(others).toEqual([]);
  });

  it.each([
    ["v1.2.3", "1.2.3", "## 1.2.3 (2026-11-25)", 0, ""],
    ["v1.2.4", "1.2.3", "## 1.2.3 (2026-11-25)", 1, "package.json has the version 1.2.3"],
    ["1.2.3", "1.2.3", "## 1.2.3 (2026-11-25)", 1, "The tag is 1.2.3"],
    ["v1.2.3", "1.2.3", "## 1.2.3 (not released)", 1, "has no heading"],
    ["v1.2.3", "1.2.3", "## 1x2.3 (2026-11-25)", 1, "has no heading"],
  ])("of the tag %s, the version %s and the heading %j ends with %i", async (...row) => {
    const [tag, version, heading, expectedCode, message] = row;
    writeFileSync(join(directory.path, "package.json"), JSON.stringify({ version }));
    writeFileSync(join(directory.path, "CHANGELOG.md"), `# Changelog\n\n${heading}\n\n- Add.\n`);
    const { PATH = "" } = process.env;
    const [result] = await runJob(workflow, {
      directory: directory.path,
      environment: { PATH, GITHUB_REF_NAME: tag },
      only: ["Check the version"],
    });
    expect(result).toMatchObject({
      code: expectedCode,
      output: expect.stringContaining(message),
    });
  });
});
