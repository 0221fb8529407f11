import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { delimiter, dirname, join } from "node:path";
import { lockHolder } from "../../../cli/drift/lock";
import { findProject, lookAhead } from "../../../cli/drift/look-ahead";
import { reasonOf } from "../../../cli/drift/pulumi";
import { temporaryDirectory } from "../../temporary-directory";

const directory = temporaryDirectory();

describe("look ahead", () => {
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });

  /** A CLI that is not to be had here: an old one, or one with other languages. */
  function install(about: object) {
    const script = `#!${process.execPath}\nconsole.log(${JSON.stringify(JSON.stringify(about))})\n`;
    writeFileSync(join(directory.path, "pulumi"), script);
    chmodSync(join(directory.path, "pulumi"), 0o755);
    process.env.PATH = [directory.path, dirname(process.execPath)].join(delimiter);
  }

  const look = () => lookAhead(directory.path, []);

  it.each([
    ["3.89.1", false],
    ["v3.90.0", true],
    ["3.100.0-alpha.1", true],
    ["2.255.0", false],
    ["4.0.0", true],
  ])("takes pulumi %s: %s", async (version, taken) => {
    install({ cliAbout: { version } });
    const looked = expect(look());
    await (taken
      ? looked.resolves.toBeUndefined()
      : looked.rejects.toThrow(`the pulumi on the PATH is ${version}; install 3.90 or newer`));
  });

  it("says when there is no pulumi, or something else of that name", async () => {
    process.env.PATH = directory.path;
    await expect(look()).rejects.toThrow("there is no pulumi on the PATH; install it");
    install({});
    await expect(look()).rejects.toThrow(
      "pulumi ended with an error and without a reason; `pulumi preview` shows it whole",
    );
    chmodSync(join(directory.path, "pulumi"), 0o644);
    await expect(look()).rejects.toThrow(/there is no pulumi|cannot be started \(EACCES\)/);
  });

  it.each([
    ["nodejs", true],
    ["bun", true],
    ["python", false],
  ])("takes a project in %s: %s", async (language, taken) => {
    install({ cliAbout: { version: "3.255.0" }, runtime: { language } });
    const looked = expect(look());
    await (taken
      ? looked.resolves.toBeUndefined()
      : looked.rejects.toThrow("the project is in python, and only programs for Node.js declare"));
  });
});

describe("project", () => {
  it("is found at a directory or above", () => {
    const below = join(directory.path, "src/crm");
    mkdirSync(below, { recursive: true });
    writeFileSync(join(directory.path, "Pulumi.yaml"), "");
    expect(findProject(directory.path)).toBe(directory.path);
    expect(findProject(below)).toBe(directory.path);
  });

  it.each([
    ["nowhere", "is no directory that can be read (ENOENT)"],
    ["file", "is no directory that can be read (ENOTDIR)"],
    [".", "there is no Pulumi.yaml in"],
  ])("is not found at %s", (name, message) => {
    writeFileSync(join(directory.path, "file"), "");
    expect(() => findProject(join(directory.path, name))).toThrow(message);
  });
});

describe("lock", () => {
  const stack = "organization/project/dev";
  const lock = { username: "me", hostname: "host", pid: 12, timestamp: "2026-11-22T12:00:00Z" };

  function writeLock(root: string) {
    const locks = join(root, ".pulumi/locks", stack);
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "1.json"), JSON.stringify(lock));
  }

  it.each([
    ["an absolute path", () => `file://${directory.path}`],
    ["a path with options", () => `file://${directory.path}?no_tmp_dir=true`],
    ["a path from where the CLI runs", () => "file://./"],
  ])("is found in a backend at %s", async (_case, backend) => {
    expect(await lockHolder(backend(), stack, directory.path)).toBeUndefined();
    writeLock(directory.path);
    expect(await lockHolder(backend(), stack, directory.path)).toBe(
      "me@host (pid 12) since 2026-11-22T12:00:00Z",
    );
  });

  it("is found in the home directory", async () => {
    const home = jest.spyOn(os, "homedir").mockReturnValue(directory.path);
    writeLock(join(directory.path, "backend"));
    expect(await lockHolder("file://~/backend", stack, "/")).toContain("me@host");
    home.mockRestore();
  });

  it("cannot be seen elsewhere, and is no lock once it is given back", async () => {
    expect(await lockHolder("https://api.pulumi.com", stack, directory.path)).toBeUndefined();
    writeLock(directory.path);
    rmSync(join(directory.path, ".pulumi/locks", stack, "1.json"));
    expect(await lockHolder(`file://${directory.path}`, stack, "/")).toBeUndefined();
  });

  it("is found where the URL is encoded, and when its file cannot be understood", async () => {
    const root = join(directory.path, "100% ours");
    writeLock(root);
    const backend = `file://${encodeURI(root)}`;
    expect(await lockHolder(backend, stack, "/")).toContain("me@host");
    writeFileSync(join(root, ".pulumi/locks", stack, "1.json"), "");
    expect(await lockHolder(backend, stack, "/")).toBe("somebody (1.json)");
  });
});

describe("reason", () => {
  const diagnostics = (...messages: string[]) =>
    JSON.stringify({
      diagnostics: [
        { severity: "info#err", message: "only said" },
        ...messages.map((message) => ({ severity: "error", message })),
      ],
    });

  it.each([
    [
      "an exception of the program",
      diagnostics(
        "error: Running program 'index.ts' failed with an unhandled exception:\nError: broken\n    at x:1:2\n",
      ),
      "Running program 'index.ts' failed with an unhandled exception: Error: broken; `pulumi preview` shows it whole",
    ],
    [
      "several problems, each once",
      diagnostics("error: a has a problem\n", "error: b has one\n", "error: b has one\n"),
      "a has a problem; b has one; `pulumi preview` shows it whole",
    ],
    ["colours", diagnostics("\u001b[31merror: \u001b[0mred\u0007"), "red ; `pulumi preview`"],
  ])("is one line, of %s", (_case, stdout, reason) => {
    expect(reasonOf({ failed: true, stdout, stderr: "" }).message).toContain(reason);
  });

  it.each([
    [
      "warning: old\nerror: no stack named 'x' found",
      "no stack named 'x' found; see `pulumi stack ls`",
    ],
    ["error: get stack secrets manager: incorrect passphrase", "set PULUMI_CONFIG_PASSPHRASE"],
    ["error: no stack selected; please use …", "give one with --stack"],
    ["error: Preview failed: resource x cannot be deleted\nbecause", "it is protected: declare it"],
    ["error: the stack is currently locked by 1 lock(s)", "try again when it has ended"],
    ["error: failed to load language plugin go: no", "only programs for Node.js"],
    ["error: unknown flag: --x", "install a newer pulumi"],
    ["", "pulumi ended with an error and without a reason"],
  ])("comes with the next step, of %j", (stderr, expected) => {
    expect(reasonOf({ failed: true, stdout: "", stderr }).message).toContain(expected);
  });
});
