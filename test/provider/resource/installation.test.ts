import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { requireInstalled } from "../../../provider/resource/installation";
import { temporaryDirectory } from "../../temporary-directory";

const directory = temporaryDirectory();
const run = "/project/node_modules/@pulumi/pulumi/cmd/run/index.js";

describe("a program", () => {
  it("is rejected if the provider process would not find the package", () => {
    expect(() => requireInstalled(run, directory.path)).toThrow(
      `does not find pulumi-vcc in ${directory.path}: install it there, for example with npm install pulumi-vcc`,
    );
  });

  it("may run in another process, whose directory says nothing", () => {
    expect(() => requireInstalled("/project/deploy.js", directory.path)).not.toThrow();
  });

  it("is accepted if the project has installed the package", () => {
    mkdirSync(join(directory.path, "node_modules"));
    symlinkSync(join(__dirname, "../../.."), join(directory.path, "node_modules/pulumi-vcc"));
    expect(() => requireInstalled(run, directory.path)).not.toThrow();
  });
});
