import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { temporaryDirectory } from "../temporary-directory";
import { type FakeOutput, installFakePulumi } from "./fake-pulumi";

const program = join(__dirname, "../../dist/cli/main.js");
const nothing = JSON.stringify({ steps: [] });

describe("pulumi-vcc drift", () => {
  const directory = temporaryDirectory();

  function drift(args: string[], output: FakeOutput) {
    writeFileSync(join(directory.path, "Pulumi.yaml"), "");
    installFakePulumi(directory.path, output);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "drift", ...args], {
      cwd: directory.path,
      encoding: "utf8",
      env: { PATH: [directory.path, dirname(process.execPath)].join(delimiter) },
    });
    return { status, stdout, stderr };
  }

  it.each([
    ["a stack", [], "acme/project/dev: no registrations\n"],
    ["all stacks", ["--all"], "2 stacks, no registration in a class that fails\n"],
    ["all projects", ["--all-projects", "."], "2 stacks, no registration in a class that fails\n"],
  ])("passes without registrations in %s", (_case, args, text) => {
    const stacks = JSON.stringify([{ name: "dev" }, { name: "prod" }]);
    expect(drift(args, { preview: nothing, stacks })).toEqual({
      status: 0,
      stdout: expect.stringContaining(text),
      stderr: "",
    });
  });

  it("fails without stacks, as in the wrong backend", () => {
    expect(drift(["--all"], { stacks: "[]" })).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "error: there are no stacks; choose another directory, or another backend with `pulumi login`\n",
    });
  });
});
