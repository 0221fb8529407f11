import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "../../temporary-directory";

const root = join(__dirname, "../../..");
const directory = temporaryDirectory();
const home = () => join(directory.path, "home");

/** Runs a program that loads the built module, and prints Node.js's cache of compiled code. */
function cacheOf(program: string, environment: Record<string, string> = {}): string {
  const file = join(directory.path, program);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `require(${JSON.stringify(join(root, "dist/provider/contract/compile-cache.js"))});
     console.log(require("node:module").getCompileCacheDir() ?? "none");`,
  );
  const { PATH = "" } = process.env;
  const env = { PATH, PULUMI_HOME: home(), ...environment };
  return execFileSync(process.execPath, [file], { encoding: "utf8", env }).trim();
}

describe("the cache of compiled code", () => {
  it.each([
    "node_modules/@pulumi/pulumi/cmd/run/index.js",
    "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js",
    "bin/pulumi-resource-pulumi-nodejs.cjs",
  ])("is below PULUMI_HOME in Pulumi's %s", (program) => {
    expect(cacheOf(program)).toContain(join(home(), "pulumi-vcc/compile-cache"));
    expect(existsSync(join(home(), "pulumi-vcc/compile-cache"))).toBe(true);
  });

  it("is left to every other process", () => {
    expect(cacheOf("node_modules/jest/bin/jest.js")).toBe("none");
  });

  it("is where the user wants it, or nowhere", () => {
    const program = "node_modules/@pulumi/pulumi/cmd/run/index.js";
    const NODE_COMPILE_CACHE = join(directory.path, "own");
    expect(cacheOf(program, { NODE_COMPILE_CACHE })).toContain(NODE_COMPILE_CACHE);
    expect(cacheOf(program, { NODE_DISABLE_COMPILE_CACHE: "1" })).toBe("none");
  });

  it("does not matter if it cannot be written", () => {
    writeFileSync(join(directory.path, "file"), "");
    const program = "node_modules/@pulumi/pulumi/cmd/run/index.js";
    expect(cacheOf(program, { PULUMI_HOME: join(directory.path, "file") })).toBe("none");
  });
});
