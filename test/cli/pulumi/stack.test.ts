import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createPulumi } from "../../../cli/pulumi/pulumi";
import { findStack } from "../../../cli/pulumi/stack";
import { temporaryDirectory } from "../../temporary-directory";

const directory = temporaryDirectory();

describe("findStack", () => {
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });

  /** Installs a fake CLI that reports this version or language. */
  function install(about: object) {
    const script = `#!${process.execPath}\nconsole.log(${JSON.stringify(JSON.stringify(about))})\n`;
    writeFileSync(join(directory.path, "pulumi"), script);
    chmodSync(join(directory.path, "pulumi"), 0o755);
    process.env.PATH = [directory.path, dirname(process.execPath)].join(delimiter);
  }

  const check = () => {
    const project = { directory: directory.path, configDirectory: directory.path };
    return findStack(createPulumi(), project, []);
  };
  const inCloud = {
    backend: { url: "https://app.pulumi.com/me" },
    currentStack: { fullyQualifiedName: "acme/project/dev" },
  };

  it.each([
    ["3.89.1", false],
    ["v3.90.0", true],
    ["3.100.0-alpha.1", true],
    ["2.255.0", false],
    ["4.0.0", true],
  ])("accepts pulumi %s: %s", async (version, accepted) => {
    install({ cliAbout: { version }, ...inCloud });
    const result = expect(check());
    await (accepted
      ? result.resolves.toMatchObject({ organization: "acme", project: "project", name: "dev" })
      : result.rejects.toThrow(
          `the pulumi on the PATH is version ${version}; install 3.90 or newer`,
        ));
  });

  it.each([
    ["3.168.0", false],
    ["v3.169.0", true],
    ["3.255.0", true],
  ])(
    "finds whether a refresh of pulumi %s can run the program: %s",
    async (version, canRunProgram) => {
      install({ cliAbout: { version }, ...inCloud });
      expect(await check()).toMatchObject({ canRunProgram });
    },
  );

  it("fails without pulumi, and with another program of that name", async () => {
    process.env.PATH = directory.path;
    await expect(check()).rejects.toThrow("pulumi is not on the PATH; install it");
    install({});
    await expect(check()).rejects.toThrow(
      "pulumi failed without an error message; run `pulumi preview` for the full output",
    );
    chmodSync(join(directory.path, "pulumi"), 0o644);
    await expect(check()).rejects.toThrow(
      /pulumi is not on the PATH|could not be started \(EACCES\)/,
    );
  });

  it.each([
    ["nodejs", true],
    ["bun", true],
    ["python", false],
  ])("accepts a project in %s: %s", async (language, accepted) => {
    install({ cliAbout: { version: "3.255.0" }, runtime: { language }, ...inCloud });
    const result = expect(check());
    await (accepted
      ? result.resolves.toMatchObject({ organization: "acme", project: "project", name: "dev" })
      : result.rejects.toThrow(
          "the project's runtime is python; VccProvider works in Node.js projects only",
        ));
  });
});
