import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pulumi } from "../../../cli/pulumi/pulumi";
import { listTargets } from "../../../cli/pulumi/targets";
import { temporaryDirectory } from "../../temporary-directory";

describe("targets", () => {
  const directory = temporaryDirectory();
  const projects = ["a", "b"].map((name) => [name, () => join(directory.path, name)] as const);
  beforeEach(() => {
    for (const [name, path] of projects) {
      mkdirSync(path());
      writeFileSync(join(path(), "Pulumi.yaml"), `name: ${name}\n`);
    }
  });

  const pulumi: Pulumi = async (_args, path) =>
    path.endsWith("b")
      ? { failed: true, stdout: "", stderr: "error: no access" }
      : { failed: false, stdout: '[{ "name": "dev" }, { "name": "prod" }]', stderr: "" };

  it("are the selected stack, or each named one once", async () => {
    expect(await listTargets({}, pulumi)).toEqual([{ directory: "." }]);
    expect(await listTargets({ directory: "x", stacks: ["a", "b", "a"] }, pulumi)).toEqual([
      { directory: "x", stack: "a" },
      { directory: "x", stack: "b" },
    ]);
  });

  it("are all stacks of a project", async () => {
    const path = join(directory.path, "a");
    expect(await listTargets({ directory: path, all: true }, pulumi)).toEqual([
      { directory: path, stack: "dev" },
      { directory: path, stack: "prod" },
    ]);
  });

  it("are all stacks of all projects, and one for a project that does not list them", async () => {
    const targets = await listTargets({ allProjects: directory.path }, pulumi);
    expect(targets.map(({ stack, error }) => [stack, error?.message])).toEqual([
      ["dev", undefined],
      ["prod", undefined],
      [undefined, expect.stringContaining("no access")],
    ]);
  });

  it("are one with an error if there is no project", async () => {
    const nowhere = join(directory.path, "nowhere");
    for (const selection of [{ allProjects: nowhere }, { directory: nowhere, all: true }]) {
      const [target] = await listTargets(selection, pulumi);
      expect(target?.error?.message).toContain("(ENOENT)");
    }
  });
});
