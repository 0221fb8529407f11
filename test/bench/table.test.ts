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
const candidates = [
  { name: "vcc", title: "**pulumi-vcc**" },
  { name: "vcc-skip-checkpoints", title: "**pulumi-vcc**, checkpoints skipped" },
  { name: "floor", title: "no-op baseline" },
  { name: "floor-skip-checkpoints", title: "no-op baseline, checkpoints skipped" },
];

function markdown(figures: Array<[string, number, Figures]>, failure?: Run): string[] {
  const runs: Run[] = figures.map(([candidate, n, each]) => ({
    candidate,
    n,
    outcome: { figures: each },
  }));
  const results = summarize(failure === undefined ? runs : [...runs, failure]);
  return toMarkdown(machine, candidates, results).split("\n");
}

describe("the table", () => {
  it("compares candidates that both skip checkpoints, or both do not, and shows ratios first", () => {
    const lines = markdown([
      ["vcc", 100, { up: 4, noop: 3 }],
      ["vcc-skip-checkpoints", 100, { up: 2 }],
      ["floor", 100, { up: 5, noop: 3 }],
      ["floor-skip-checkpoints", 100, { up: 1 }],
    ]);
    expect(lines).toContain("| 100 | no-op baseline | 0.80 | 1.00 | – | – | – | – |");
    expect(lines).toContain(
      "| 100 | no-op baseline, checkpoints skipped | 2.00 | – | – | – | – | – |",
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
    expect(lines).toContain("| 100 | **pulumi-vcc** | 5.00 (4.00 – 6.00) | – | – | – | – |");
    expect(lines).toContain("| 1000 | **pulumi-vcc** | 50.0 | – | – | – | – |");
    expect(lines).toContain("Ratio of the time for 1000 registrations to the time for 100:");
    expect(lines).toContain("| **pulumi-vcc** | 10.00 | – | – | – | – |");
    expect(lines).toContain(
      "| 100 | **pulumi-vcc** | – | 200 (190 – 210) | – | – | – | 2987 | 0 |",
    );
  });

  it("marks a failed run, and shows no ratios with it", () => {
    const lines = markdown([["floor", 100, { up: 4, noop: 4, rotate: 4, preview: 4 }]], {
      candidate: "vcc",
      n: 100,
      outcome: { failure: "up: wrong" },
    });
    expect(lines).toContain(
      "| 100 | **pulumi-vcc** | failed | failed | failed | failed | failed |",
    );
    expect(lines).toContain("| 100 | no-op baseline | – | – | – | – | – | – |");
    const everything = "failed | ".repeat(7).trimEnd();
    expect(lines).toContain(`| 100 | **pulumi-vcc** | ${everything}`);
  });

  it("compares a project of init with projects of the template, and shows the phases", () => {
    const phases = { phaseEngine: 0.4, phaseProgram: 1, phaseProvider: 0.6, phaseCheck: 0.05 };
    const results = summarize([
      { candidate: "vcc", n: 1, outcome: { figures: { edit: 4, ...phases, phaseEnd: 0.1 } } },
      { candidate: "init", n: 1, outcome: { figures: { edit: 2 } } },
    ]);
    const both = [...candidates.slice(0, 1), { name: "init", title: "a project of `init`" }];
    const lines = toMarkdown(machine, both, results).split("\n");
    expect(lines).toContain("| 1 | **pulumi-vcc** | – | – | 0.50 | – | – |");
    expect(lines).toContain("| **pulumi-vcc** | 400 | 1000 | 600 | 50 | 100 |");
    expect(lines.filter((line) => line.includes("| n | compared with"))).toHaveLength(1);
  });

  it("compares only candidates that were measured", () => {
    const results = summarize([
      { candidate: "floor", n: 100, outcome: { figures: { up: 4 } } },
      { candidate: "vcc-skip-checkpoints", n: 100, outcome: { figures: { up: 4 } } },
    ]);
    const chosen = candidates.filter(({ name }) => results.some((r) => r.candidate === name));
    const shown = toMarkdown({ ...machine, runs: 1 }, chosen, results);
    expect(shown).not.toContain("compared with");
    expect(shown).toContain("| 100 | no-op baseline | 4.00 |");
    expect(shown).toContain("0.1.0 abc, Node.js 24.0.0. One run each; the server responds");
  });

  it("compares the drift report with a preview", () => {
    const lines = markdown([["vcc", 100, { preview: 4, drift: 4.2 }]]);
    expect(lines).toContain(
      "Ratio of the time of `pulumi-vcc drift` to that of a preview: 1.05 (n = 100).",
    );
  });

  it("shows the spread of the load time", () => {
    const times = [1, 1.25, 1.5];
    const runs = times.map((time): Run => {
      return { candidate: "vcc", n: 0, outcome: { figures: { import: time } } };
    });
    expect(toMarkdown(machine, candidates, summarize(runs))).toContain(
      "in addition to the SDK: 1.3 (1.0 – 1.5) ms.",
    );
  });

  it("names the machine, the versions and the date", () => {
    expect(markdown([])[0]).toBe(
      "2026-11-22: 2 × Some Processor, 24 GiB, Linux 6; pulumi-vcc 0.1.0 abc, Node.js 24.0.0. " +
        "Medians of 3 interleaved runs; the server responds after 2 ms.",
    );
  });
});
