import type { Figures } from "./round.mts";

/** One run of a candidate: its figures, or why it failed. */
export interface Run {
  n: number;
  candidate: string;
  outcome: Figures | { failure: string };
}

/** @param digits after the point. Those of counts have none, and no ratio */
const columns: Array<[figure: string, title: string, digits?: number]> = [
  ["up", "first up, s", 2],
  ["noop", "unchanged up, s", 2],
  ["rotate", "one header changed per registration, s", 2],
  ["preview", "preview or plan, s", 2],
  ["engineMemory", "engine, MiB", 0],
  ["providerMemory", "provider, MiB", 0],
  ["tokenRequests", "token requests"],
  ["apiRequests", "API requests"],
  ["noopRequests", "requests of an unchanged up"],
  ["stateBytes", "state, bytes per registration"],
  ["canaries", "secrets in clear text"],
];

/** Medians, and in parentheses the ratio of those of "vcc" to them. */
export function toMarkdown(runs: readonly Run[], titleOf: (candidate: string) => string): string {
  const groups = Map.groupBy(runs, ({ n, candidate }) => `${n} ${candidate}`);
  const rows = [...groups.values()].map((group) => {
    const [{ n, candidate } = { n: 0, candidate: "" }] = group;
    const cells = columns.map(([figure, , digits]) => {
      const median = medianOf(group, figure);
      if (median === undefined) return "failed";
      const ours = medianOf(groups.get(`${n} vcc`), figure);
      const compares = digits !== undefined && candidate !== "vcc" && ours !== undefined;
      return median.toFixed(digits) + (compares ? ` (${(ours / median).toFixed(2)})` : "");
    });
    return [String(n), titleOf(candidate), ...cells];
  });
  const head = ["n", "", ...columns.map(([, title]) => title)];
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** @returns undefined if there is no run, or any failed */
function medianOf(runs: readonly Run[] = [], figure: string): number | undefined {
  const values = runs.flatMap(({ outcome }) =>
    "failure" in outcome ? [] : (outcome[figure] ?? []),
  );
  if (values.length === 0 || values.length < runs.length) return undefined;
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((a, b) => a + b) / middle.length;
}
