import { median, type Run, summarize, units } from "../../bench/metrics.mts";

const run = (candidate: string, n: number, outcome: Run["outcome"]): Run => ({
  candidate,
  n,
  outcome,
});

describe("summarize", () => {
  it("gives median and spread of each metric, by candidate and count", () => {
    const results = summarize([
      run("vcc", 1, { figures: { up: 3, tokenRequests: 1 } }),
      run("vcc", 1, { figures: { up: 1, tokenRequests: 1 } }),
      run("vcc", 1, { figures: { up: 2.5, tokenRequests: 1 } }),
      run("vcc", 100, { figures: { up: 7 } }),
      run("floor", 1, { figures: { up: 2 } }),
    ]);
    expect(results).toEqual([
      { candidate: "vcc", n: 1, metric: "up", median: 2.5, min: 1, max: 3, unit: "s" },
      {
        ...{ candidate: "vcc", n: 1, metric: "tokenRequests" },
        ...{ median: 1, min: 1, max: 1, unit: "requests" },
      },
      { candidate: "vcc", n: 100, metric: "up", median: 7, min: 7, max: 7, unit: "s" },
      { candidate: "floor", n: 1, metric: "up", median: 2, min: 2, max: 2, unit: "s" },
    ]);
  });

  it("has no figures if one run failed, however fast the others were", () => {
    const results = summarize([
      run("vcc", 0, { figures: { import: 1 } }),
      run("vcc", 1, { figures: { up: 1, noop: 1, rotate: 1, preview: 1, canaries: 0 } }),
      run("vcc", 1, { failure: "up: the server has 0 registrations" }),
      run("vcc", 100, { figures: { up: 7 } }),
    ]);
    const metrics = Object.keys(units).filter((metric) => metric !== "import");
    expect(metrics).toEqual(expect.arrayContaining(["up", "noop", "canaries"]));
    expect(results.map(({ n, metric, median }) => [n, metric, median])).toEqual([
      [0, "import", 1],
      ...metrics.map((metric) => [1, metric, null]),
      [100, "up", 7],
    ]);
    expect(results[1]).toMatchObject({
      min: null,
      max: null,
      unit: "s",
      failures: ["up: the server has 0 registrations"],
    });
  });

  it("takes the mean of the two in the middle", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([5])).toBe(5);
  });
});
