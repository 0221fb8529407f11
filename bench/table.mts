import type { Contestant } from "./contestants.mts";
import type { Machine } from "./machine.mts";
import type { Metric, Result } from "./metrics.mts";
import { skipping } from "./selection.mts";

const operations: Array<[Metric, string]> = [
  ["up", "first up"],
  ["noop", "unchanged up"],
  ["rotate", "one header changed in each"],
  ["preview", "preview, plan"],
];

const counts: Array<[Metric, string]> = [
  ["engineMemory", "engine, MiB"],
  ["providerMemory", "provider, MiB"],
  ["tokenRequests", "token requests"],
  ["apiRequests", "API requests"],
  ["noopRequests", "requests when unchanged, tokens included"],
  ["stateBytes", "state, bytes each"],
  ["canaries", "secrets in clear"],
];

/** Ratios first; then seconds with their spread; then the rest. */
export function toMarkdown(
  machine: Machine,
  contestants: ReadonlyArray<Pick<Contestant, "name" | "title">>,
  results: readonly Result[],
): string {
  const names = contestants.map(({ name }) => name);
  const titleOf = (name: string) => contestants.find((each) => each.name === name)?.title ?? name;
  const find = (contestant: string, n: number, metric: Metric) =>
    results.find(
      (each) => each.contestant === contestant && each.n === n && each.metric === metric,
    );
  const sizes = [...new Set(results.map(({ n }) => n))].filter((n) => n > 0);
  const rows = sizes.flatMap((n) => names.map((name) => ({ n, name })));

  const ratioTo = (name: string, n: number, metric: Metric) =>
    ratio(find(ours(name), n, metric), find(name, n, metric));
  const rivals = names.filter((name) => name !== ours(name));
  const ratios = sizes.flatMap((n) =>
    rivals.map((name) => [
      String(n),
      titleOf(name),
      ...operations.map(([metric]) => ratioTo(name, n, metric)),
      ratioTo(name, n, "providerMemory"),
    ]),
  );
  const [small, large] = [sizes.at(-2), sizes.at(-1)];
  const growth = names.map((name) => [
    titleOf(name),
    ...operations.map(([metric]) =>
      ratio(find(name, large ?? 0, metric), find(name, small ?? 0, metric)),
    ),
  ]);
  const importTime = find("vcc", 0, "import")?.median;

  const sections = [
    describe(machine),
    ...(ratios.length > 0
      ? [
          "pulumi-vcc's time, and the memory of its provider process, divided by the other's; less than 1 is less:",
          table(
            ["n", "compared with", ...operations.map(([, title]) => title), "provider's memory"],
            ratios,
          ),
        ]
      : []),
    ...(small !== undefined
      ? [
          `How many times as long ${large} take as ${small}:`,
          table(["", ...operations.map(([, title]) => title)], growth),
        ]
      : []),
    "<details>\n<summary>Seconds, memory, requests and state</summary>",
    "Seconds (least – most):",
    table(
      ["n", "", ...operations.map(([, title]) => title)],
      rows.map(({ n, name }) => [
        String(n),
        titleOf(name),
        ...operations.map(([metric]) => spread(find(name, n, metric))),
      ]),
    ),
    "Everything else:",
    table(
      ["n", "", ...counts.map(([, title]) => title)],
      rows.map(({ n, name }) => [
        String(n),
        titleOf(name),
        ...counts.map(([metric]) => whole(find(name, n, metric))),
      ]),
    ),
    "</details>",
    ...(importTime === undefined || importTime === null
      ? []
      : [`Loading pulumi-vcc in a program, beyond the SDK: ${importTime.toFixed(1)} ms.`]),
    ...(names.includes("restapi")
      ? [
          "¹ It reads each object after writing it and twice when nothing has changed, at a route that the " +
            "benchmark's server has and VCC does not: at VCC it cannot be used. It gets a new token for " +
            "each request. OpenTofu can encrypt its state; by default it does not. Its engine evaluates " +
            "the program itself; Pulumi's runs it in a process that is not counted here.",
        ]
      : []),
  ];
  return sections.join("\n\n");
}

function describe({ date, processor, cores, memoryGiB, system, versions, ...rest }: Machine) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${date.slice(0, 10)}: ${cores} × ${processor}, ${memoryGiB} GiB, ${system}; ${list.join(", ")}. ` +
    `Medians of ${rest.runs} runs in turns; each answer of the server takes ${rest.latencyMs} ms.`
  );
}

/** What another contestant is compared with: checkpoints skipped by both, or by neither. */
function ours(name: string): string {
  return name.endsWith(skipping) ? `vcc${skipping}` : "vcc";
}

function ratio(a: Result | undefined, b: Result | undefined): string {
  if (typeof a?.median !== "number" || typeof b?.median !== "number") return "–";
  return (a.median / b.median).toFixed(2);
}

function spread(result: Result | undefined): string {
  if (result === undefined) return "–";
  const { median, min, max } = result;
  if (median === null || min === null || max === null) return "failed";
  return `${seconds(median)} (${seconds(min)} – ${seconds(max)})`;
}

function whole(result: Result | undefined): string {
  if (typeof result?.median !== "number") return "–";
  const [median, min, max] = [result.median, result.min, result.max].map((value) =>
    (value ?? 0).toFixed(0),
  );
  return min === max ? `${median}` : `${median} (${min} – ${max})`;
}

function seconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
