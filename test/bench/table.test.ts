import { type Run, toMarkdown } from "../../bench/table.mts";

const columns = [
  ...["up", "noop", "rotate", "preview", "engineMemory", "providerMemory", "tokenRequests"],
  ...["apiRequests", "noopRequests", "stateBytes", "canaries"],
];
const run = (candidate: string, value: number): Run => ({
  n: 100,
  candidate,
  outcome: Object.fromEntries(columns.map((column) => [column, value])),
});
const rowsOf = (runs: Run[]) =>
  toMarkdown(runs, (name) => name.toUpperCase())
    .split("\n")
    .slice(2);

describe("the table of the benchmark", () => {
  it("has the medians of the runs, and pulumi-vcc's ratio to those of times and memory", () => {
    const rows = rowsOf([run("vcc", 9), run("floor", 4), run("vcc", 3), run("vcc", 2)]);
    expect(rows).toEqual([
      `| 100 | VCC |${" 3.00 |".repeat(4)}${" 3 |".repeat(7)}`,
      `| 100 | FLOOR |${" 4.00 (0.75) |".repeat(4)}${" 4 (0.75) |".repeat(2)}${" 4 |".repeat(5)}`,
    ]);
  });

  it("has no figures of a candidate of which a run failed", () => {
    const failed: Run = { n: 100, candidate: "floor", outcome: { failure: "exit code 1" } };
    const [floor, vcc] = rowsOf([run("floor", 4), failed, run("vcc", 2)]);
    expect(floor).toBe(`| 100 | FLOOR |${" failed |".repeat(11)}`);
    expect(vcc).toContain("| 100 | VCC | 2.00 |");
  });
});
