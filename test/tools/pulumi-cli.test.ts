import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const tool = join(__dirname, "../../tools/pulumi-cli.mts");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-cli-"));
  mkdirSync(join(directory, "bin"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function program(name: string, ...lines: string[]) {
  const path = join(directory, "bin", name);
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
}

/** Stands in for Go: `go build … -o <output> <module>` writes a program that says which it is. */
function programGo(...before: string[]) {
  program(
    "go",
    'test "$1" = version && exit 0',
    `echo built >> "${directory}/builds"`,
    ...before,
    'while [ "$1" != -o ]; do shift; done',
    'echo "$3" > "$2"',
  );
}

/**
 * Runs the tool where the `PATH` has only the test's programs, and the network is a closed port.
 */
function run(): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const env = {
    PATH: `${join(directory, "bin")}:/bin`,
    HOME: directory,
    PULUMI_VCC_CACHE: join(directory, "cache"),
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: "http://127.0.0.1:9",
    HTTP_PROXY: "http://127.0.0.1:9",
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [tool], { env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout: stdout.trim(), stderr });
    });
  });
}

const builtDirectory = () => join(directory, "cache/build-3.255.0/bin");

describe("pulumi-cli", () => {
  it("takes the CLI on the PATH that comes with a language host", async () => {
    program("pulumi", "echo v3.270.0");
    program("pulumi-language-nodejs");
    expect(await run()).toEqual({ code: 0, stdout: join(directory, "bin"), stderr: "" });
  });

  it("builds it from the Go modules, once, and says so", async () => {
    program("pulumi", "echo v3.270.0"); // Without a language host it cannot run programs.
    programGo();
    const first = await run();
    expect(first).toMatchObject({ code: 0, stdout: builtDirectory() });
    expect(first.stderr).toContain("downloading the Pulumi CLI");
    expect(first.stderr).toContain("building the Pulumi CLI 3.255.0 from its Go modules, once");
    expect(readdirSync(builtDirectory()).sort()).toEqual([
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
    programGo("exit 1");
    expect(await run()).toEqual({ code: 0, stdout: builtDirectory(), stderr: "" });
  });

  it("leaves one whole CLI when two processes build at once", async () => {
    programGo(`while [ "$(grep -c built "${directory}/builds")" -lt 2 ]; do :; done`);
    const results = await Promise.all([run(), run()]);
    for (const result of results) {
      expect(result).toMatchObject({ code: 0, stdout: builtDirectory() });
    }
    expect(readdirSync(join(directory, "cache"))).toEqual(["build-3.255.0"]);
    expect(readdirSync(builtDirectory())).toHaveLength(3);
  });

  it("leaves nothing behind when a build fails, and names all three ways", async () => {
    programGo("echo 'go: module not found' >&2; exit 1");
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/pulumi on the PATH: no pulumi there/);
    expect(stderr).toMatch(/the official release, downloaded: Failed to download/);
    expect(stderr).toMatch(
      /a build from the Go modules: go build of pulumi-cli failed: go: module not found/,
    );
    expect(readdirSync(join(directory, "cache"))).toEqual([]);
  });

  it("says that Go is missing", async () => {
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain("a build from the Go modules: no Go there");
    expect(stderr).toContain("Install it (https://www.pulumi.com/docs/install)");
  });
});
