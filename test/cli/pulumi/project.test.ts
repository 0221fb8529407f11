import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProject, findProjectsBelow } from "../../../cli/pulumi/project";
import { temporaryDirectory } from "../../temporary-directory";

const directory = temporaryDirectory();

describe("project", () => {
  it("is found at a directory or above", () => {
    const below = join(directory.path, "src/crm");
    mkdirSync(below, { recursive: true });
    writeFileSync(join(directory.path, "Pulumi.yaml"), "");
    expect(findProject(directory.path).directory).toBe(directory.path);
    expect(findProject(below).directory).toBe(directory.path);
  });

  it.each([
    ["nowhere", "is not a readable directory (ENOENT)"],
    ["file", "is not a readable directory (ENOTDIR)"],
    [".", "no Pulumi.yaml in"],
  ])("is not found at %s", (name, message) => {
    writeFileSync(join(directory.path, "file"), "");
    expect(() => findProject(join(directory.path, name))).toThrow(message);
  });

  it.each([
    ["Pulumi.yaml", "name: crm\nstackConfigDir: stacks\n", "crm", "stacks"],
    ["Pulumi.yml", "name: crm\nconfig: ../stacks\n", "crm", "../stacks"],
    ["Pulumi.json", '{ "name": "crm", "config": { "a": 1 } }', "crm", ""],
    ["Pulumi.yaml", ": not: yaml", undefined, ""],
  ])("has the name and the configuration of %s", (file, text, name, configDirectory) => {
    writeFileSync(join(directory.path, file), text);
    expect(findProject(directory.path)).toEqual({
      directory: directory.path,
      ...(name !== undefined && { name }),
      configDirectory: join(directory.path, configDirectory),
    });
  });

  it("is found below a directory, but not among packages", () => {
    for (const name of ["b", "a/c", "a/node_modules/x", ".hidden"]) {
      mkdirSync(join(directory.path, name), { recursive: true });
      writeFileSync(join(directory.path, name, "Pulumi.yaml"), "");
    }
    const found = [join(directory.path, "a/c"), join(directory.path, "b")];
    expect(findProjectsBelow(directory.path)).toEqual(found);
    expect(() => findProjectsBelow(join(directory.path, ".hidden/.."))).not.toThrow();
    expect(() => findProjectsBelow(join(directory.path, "nowhere"))).toThrow("(ENOENT)");
  });
});
