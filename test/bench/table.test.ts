import type { Machine } from "../../bench/machine.mts";
import { type Figures, type Run, summarize } from "../../bench/metrics.mts";
import { toMarkdown } from "../../bench/table.mts";

const machine: Machine = {
  date: "2026-11-22T12:00:00.000Z",
  processor: "Some Processor",
  cores: 2,
  memoryGiB: 24,
  system: "Linux 6",
  versions: { "pulumi-vcc": "0.1.0 abc", "Node.js": "24.0.0" },
  latencyMs: 2,
  runs: 3,
};
const contestants = [
  { name: "vcc", title: "**pulumi-vcc**" },
  { name: "vcc-skip-checkpoints", title: "**pulumi-vcc**, checkpoints skipped" },
  { name: "floor", title: "the engine's floor" },
  { name: "floor-skip-checkpoints", title: "the engine's floor, checkpoints skipped" },
];

function markdown(figures: Array<[string, number, Figures]>, failure?: Run): string[] {
  const runs: Run[] = figures.map(([contestant, n, each]) => ({
    contestant,
    n,
    outcome: { figures: each },
  }));
  const results = summarize(failure === undefined ? runs : [...runs, failure]);
  return toMarkdown(machine, contestants, results).split("\n");
}

describe("the table", () => {
  it("compares each way of running with the same way, ratios first", () => {
    const lines = markdown([
      ["vcc", 100, { up: 4, noop: 3 }],
      ["vcc-skip-checkpoints", 100, { up: 2 }],
      ["floor", 100, { up: 5, noop: 3 }],
      ["floor-skip-checkpoints", 100, { up: 1 }],
    ]);
    expect(lines).toContain("| 100 | the engine's floor | 0.80 | 1.00 | – | – | – |");
    expect(lines).toContain(
      "| 100 | the engine's floor, checkpoints skipped | 2.00 | – | – | – | – |",
    );
    const ratios = lines.findIndex((line) => line.startsWith("| n | compared with"));
    expect(ratios).toBeGreaterThan(0);
    expect(ratios).toBeLessThan(lines.findIndex((line) => line.startsWith("Seconds")));
  });

  it("shows the spread, the growth from the second largest count to the largest, and the counts", () => {
    const lines = markdown([
      ["vcc", 1, { up: 2 }],
      ["vcc", 100, { up: 4, canaries: 0, stateBytes: 2987.4, providerMemory: 190.4 }],
      ["vcc", 100, { up: 6, canaries: 0, stateBytes: 2987.4, providerMemory: 210.4 }],
      ["vcc", 1000, { up: 50 }],
    ]);
    expect(lines).toContain("| 100 | **pulumi-vcc** | 5.00 (4.00 – 6.00) | – | – | – |");
    expect(lines).toContain("| 1000 | **pulumi-vcc** | 50.0 | – | – | – |");
    expect(lines).toContain("How many times as long 1000 take as 100:");
    expect(lines).toContain("| **pulumi-vcc** | 10.00 | – | – | – |");
    expect(lines).toContain(
      "| 100 | **pulumi-vcc** | – | 200 (190 – 210) | – | – | – | 2987 | 0 |",
    );
  });

  it("says that a run failed, and compares nothing with it", () => {
    const lines = markdown([["floor", 100, { up: 4, noop: 4, rotate: 4, preview: 4 }]], {
      contestant: "vcc",
      n: 100,
      outcome: { failure: "up: wrong" },
    });
    expect(lines).toContain("| 100 | **pulumi-vcc** | failed | failed | failed | failed |");
    expect(lines).toContain("| 100 | the engine's floor | – | – | – | – | – |");
    const everything = "failed | ".repeat(7).trimEnd();
    expect(lines).toContain(`| 100 | **pulumi-vcc** | ${everything}`);
  });

  it("compares only with what there is", () => {
    const results = summarize([
      { contestant: "floor", n: 100, outcome: { figures: { up: 4 } } },
      { contestant: "vcc-skip-checkpoints", n: 100, outcome: { figures: { up: 4 } } },
    ]);
    const chosen = contestants.filter(({ name }) => results.some((r) => r.contestant === name));
    const shown = toMarkdown({ ...machine, runs: 1 }, chosen, results);
    expect(shown).not.toContain("compared with");
    expect(shown).toContain("| 100 | the engine's floor | 4.00 |");
    expect(shown).toContain("0.1.0 abc, Node.js 24.0.0. One run each; each answer");
  });

  it("compares the drift report with a preview", () => {
    const lines = markdown([["vcc", 100, { preview: 4, drift: 4.2 }]]);
    expect(lines).toContain(
      "Time of `pulumi-vcc drift`, divided by that of a preview: 1.05 (n = 100).",
    );
  });

  it("tells the spread of the time that loading takes", () => {
    const times = [1, 1.25, 1.5];
    const runs = times.map((time): Run => {
      return { contestant: "vcc", n: 0, outcome: { figures: { import: time } } };
    });
    expect(toMarkdown(machine, contestants, summarize(runs))).toContain(
      "beyond the SDK: 1.3 (1.0 – 1.5) ms.",
    );
  });

  it("names the machine, the versions and the date", () => {
    expect(markdown([])[0]).toBe(
      "2026-11-22: 2 × Some Processor, 24 GiB, Linux 6; pulumi-vcc 0.1.0 abc, Node.js 24.0.0. " +
        "Medians of 3 runs in turns; each answer of the server takes 2 ms.",
    );
  });
});
