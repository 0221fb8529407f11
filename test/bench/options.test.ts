import { parseOptions } from "../../bench/options.mts";

const parse = (...args: string[]) => parseOptions(["node", "bench", ...args]);

describe("the options", () => {
  it("default to all candidates, 1, 100 and 1000 registrations, three runs and 2 ms", () => {
    expect(parse()).toEqual({
      only: ["vcc", "handwritten", "floor", "init", "restapi"],
      counts: [1, 100, 1000],
      runs: 3,
      latencyMs: 2,
    });
  });

  it("select candidates, counts, runs, latency and a file", () => {
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
    ["--only", "vcc,terraform", /"terraform" is not one of vcc, /],
    ["--n", "0", /Expected a whole number, 1 or more/],
    ["--n", "1,", /Expected a whole number, 1 or more/],
    ["--runs", "1.5", /Expected a whole number, 1 or more/],
    ["--latency", "-1", /Expected a whole number of milliseconds/],
  ])("reject %s %s", (option, value, message) => {
    const exit = jest.spyOn(process, "exit").mockImplementation(() => {
      throw new Error("exit");
    });
    let stderr = "";
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      stderr += text;
      return true;
    });
    expect(() => parse(option, value)).toThrow("exit");
    expect(stderr).toMatch(message);
    expect(exit).toHaveBeenCalledWith(1);
    jest.restoreAllMocks();
  });
});
