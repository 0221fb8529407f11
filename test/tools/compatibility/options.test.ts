import { parseOptions } from "../../../tools/compatibility/options.mts";
import { packageManagers } from "../../../tools/package-managers.mts";

const parse = (...args: string[]) => parseOptions(["node", "compatibility", ...args]);

describe("the options", () => {
  it("default to all package managers, one CLI, and standard output", () => {
    const only = packageManagers.map(({ name }) => name);
    expect(parse()).toEqual({ only, cli: [], write: false });
  });

  it("select package managers and CLIs", () => {
    expect(parse("--only", "npm,bun", "--cli", "a", "--cli", "b")).toEqual({
      only: ["npm", "bun"],
      cli: ["a", "b"],
      write: false,
    });
  });

  it.each([
    [["--only", "npm,deno"], /"deno" is not one of npm, /],
    [["--only", "npm", "--write"], /--write needs all package managers/],
  ])("reject %j", (args, message) => {
    jest.spyOn(process, "exit").mockImplementation(() => {
      throw new Error("exit");
    });
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(() => parse(...args)).toThrow("exit");
    expect(write.mock.calls.join("")).toMatch(message);
    jest.restoreAllMocks();
  });
});
