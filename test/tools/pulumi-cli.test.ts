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

function installProgram(name: string, ...lines: string[]) {
  const path = join(directory, "bin", name);
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
}

/** Installs a fake Go: `go build … -o <output> <module>` writes a program that contains its name. */
function installFakeGo(...before: string[]) {
  installProgram(
    "go",
    'test "$1" = version && exit 0',
    `echo built >> "${directory}/builds"`,
    ...before,
    'while [ "$1" != -o ]; do shift; done',
    'echo "$3" > "$2"',
  );
}

/**
 * Runs the tool with only the test's programs on the `PATH`, and with a closed port as its proxy.
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
  it("uses the CLI on the PATH if it has a language host", async () => {
    installProgram("pulumi", "echo v3.270.0");
    installProgram("pulumi-language-nodejs");
    expect(await run()).toEqual({ code: 0, stdout: join(directory, "bin"), stderr: "" });
  });

  it("builds the CLI from the Go modules once, and logs it", async () => {
    installProgram("pulumi", "echo v3.270.0"); // Without a language host it cannot run programs.
    installFakeGo();
    const first = await run();
    expect(first).toMatchObject({ code: 0, stdout: builtDirectory() });
    expect(first.stderr).toContain("downloading the Pulumi CLI");
    expect(first.stderr).toContain(
      "building the Pulumi CLI 3.255.0 from its Go modules (first run only)",
    );
    expect(readdirSync(builtDirectory()).sort()).toEqual([
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
    installFakeGo("exit 1");
    expect(await run()).toEqual({ code: 0, stdout: builtDirectory(), stderr: "" });
  });

  it("caches one complete CLI when two processes build at once", async () => {
    installFakeGo(`while [ "$(grep -c built "${directory}/builds")" -lt 2 ]; do :; done`);
    const results = await Promise.all([run(), run()]);
    for (const result of results) {
      expect(result).toMatchObject({ code: 0, stdout: builtDirectory() });
    }
    expect(readdirSync(join(directory, "cache"))).toEqual(["build-3.255.0"]);
    expect(readdirSync(builtDirectory())).toHaveLength(3);
  });

  it("leaves nothing behind when a build fails, and lists all three sources", async () => {
    installFakeGo("echo 'go: module not found' >&2; exit 1");
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/pulumi on the PATH: pulumi was not found/);
    expect(stderr).toMatch(/download of the official release: Failed to download/);
    expect(stderr).toMatch(
      /build from the Go modules: go build of pulumi-cli failed: go: module not found/,
    );
    expect(readdirSync(join(directory, "cache"))).toEqual([]);
  });

  it("reports that Go is missing", async () => {
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain("build from the Go modules: Go is not installed");
    expect(stderr).toContain("Install the Pulumi CLI (https://www.pulumi.com/docs/install)");
  });
});
