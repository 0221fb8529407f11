import { parseOptions } from "../../bench/options.mts";

const parse = (...args: string[]) => parseOptions(["node", "bench", ...args]);

describe("the options", () => {
  it("are all contestants, 1, 100 and 1000 registrations, three runs and 2 ms", () => {
    expect(parse()).toEqual({
      only: ["vcc", "handwritten", "floor", "restapi"],
      counts: [1, 100, 1000],
      runs: 3,
      latencyMs: 2,
    });
  });

  it("choose", () => {
    const args =
      "--only vcc,floor-skip-checkpoints --n 50,5,50 --runs 7 --latency 0 --json out.json";
    expect(parse(...args.split(" "))).toEqual({
      only: ["vcc", "floor-skip-checkpoints"],
      counts: [5, 50],
      runs: 7,
      latencyMs: 0,
      json: "out.json",
    });
  });

  it.each([
    ["--only", "vcc,terraform", /"terraform" is none of vcc, /],
    ["--n", "0", /It is a number from 1/],
    ["--n", "1,", /It is a number from 1/],
    ["--runs", "1.5", /It is a number from 1/],
    ["--latency", "-1", /It is a number of milliseconds/],
  ])("refuse %s %s", (option, value, message) => {
    const exit = jest.spyOn(process, "exit").mockImplementation(() => {
      throw new Error("exit");
    });
    let said = "";
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
    expect(() => parse(option, value)).toThrow("exit");
    expect(said).toMatch(message);
    expect(exit).toHaveBeenCalledWith(1);
    jest.restoreAllMocks();
  });
});
