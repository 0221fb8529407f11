import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
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
    `require(${JSON.stringify(join(root, "dist/provider/program/compile-cache.js"))});
     require("./module.js");
     console.log(require("node:module").getCompileCacheDir() ?? "none");`,
  );
  writeFileSync(join(dirname(file), "module.js"), "exports.value = () => 1;");
  const { PATH = "" } = process.env;
  const env = { PATH, PULUMI_HOME: home(), ...environment };
  return execFileSync(process.execPath, [file], { encoding: "utf8", env }).trim();
}

describe("the cache of compiled code", () => {
  const program = "node_modules/@pulumi/pulumi/cmd/run/index.js";

  it("is below PULUMI_HOME, and filled when the program ends", () => {
    expect(cacheOf(program)).toContain(join(home(), "pulumi-vcc/compile-cache"));
    const files = readdirSync(join(home(), "pulumi-vcc/compile-cache"), { recursive: true });
    // A directory, and the modules that load after this one.
    expect(files.length).toBeGreaterThan(1);
  });

  it.each([
    // It compiles the code of other dynamic resources, with their secrets.
    "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js",
    "bin/pulumi-resource-pulumi-nodejs.cjs",
    "node_modules/jest/bin/jest.js",
  ])("is left alone in %s", (program) => {
    expect(cacheOf(program)).toBe("none");
  });

  it("is where the user wants it, or nowhere", () => {
    const NODE_COMPILE_CACHE = join(directory.path, "own");
    expect(cacheOf(program, { NODE_COMPILE_CACHE })).toContain(NODE_COMPILE_CACHE);
    expect(cacheOf(program, { NODE_DISABLE_COMPILE_CACHE: "1" })).toBe("none");
  });

  it("does not matter if it cannot be written", () => {
    writeFileSync(join(directory.path, "file"), "");
    expect(cacheOf(program, { PULUMI_HOME: join(directory.path, "file") })).toBe("none");
  });
});
