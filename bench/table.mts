import type { Contestant } from "./contestants.mts";
import type { Machine } from "./machine.mts";
import type { Metric, Result } from "./metrics.mts";
import { skipping } from "./selection.mts";

type Column = [metric: Metric, title: string];

const times: Column[] = [
  ["up", "first up"],
  ["noop", "unchanged up"],
  ["rotate", "one header changed in each"],
  ["preview", "preview, plan"],
];

const everythingElse: Column[] = [
  ["engineMemory", "engine, MiB"],
  ["providerMemory", "provider, MiB"],
  ["tokenRequests", "token requests"],
  ["apiRequests", "API requests"],
  ["noopRequests", "requests when unchanged, tokens included"],
  ["stateBytes", "state, bytes each"],
  ["canaries", "secrets in clear"],
];

const floorNote =
  "The engine's floor is a `dynamic.Resource` whose `create` returns at once. pulumi-vcc can be faster: the " +
  "state holds the code of each resource, which is longer there, and the SDK's stack traces, which " +
  "pulumi-vcc spares its own resources, take time there.";

const restapiNote =
  "¹ It reads each object after writing it and twice when nothing has changed, at a route that the " +
  "benchmark's server has and VCC does not: at VCC it cannot be used. It gets a new token for each " +
  "request. OpenTofu can encrypt its state; by default it does not. Its engine evaluates the program " +
  "itself; Pulumi's runs it in a process that is not counted here.";

/** What the tables show, and where to find it. */
interface Figures {
  names: string[];
  titleOf(name: string): string;
  /** How many registrations, ascending. */
  sizes: number[];
  find(contestant: string, n: number, metric: Metric): Result | undefined;
}

/** Ratios first; then seconds with their spread; then the rest. */
export function toMarkdown(
  machine: Machine,
  contestants: ReadonlyArray<Pick<Contestant, "name" | "title">>,
  results: readonly Result[],
): string {
  const figures: Figures = {
    names: contestants.map(({ name }) => name),
    titleOf: (name) => contestants.find((each) => each.name === name)?.title ?? name,
    sizes: [...new Set(results.map(({ n }) => n))].filter((n) => n > 0),
    find: (contestant, n, metric) =>
      results.find(
        (each) => each.contestant === contestant && each.n === n && each.metric === metric,
      ),
  };
  return [
    describe(machine),
    ...ratios(figures),
    ...growth(figures),
    "<details>\n<summary>Seconds, memory, requests and state</summary>",
    "Seconds (least – most):",
    tableBySize(figures, times, seconds),
    "Everything else:",
    tableBySize(figures, everythingElse, whole),
    "</details>",
    ...driftTime(figures),
    ...importTime(figures),
    ...(figures.names.some((name) => name.startsWith("floor")) ? [floorNote] : []),
    ...(figures.names.includes("restapi") ? [restapiNote] : []),
  ].join("\n\n");
}

function ratios({ names, titleOf, sizes, find }: Figures): string[] {
  const rivals = names.filter((name) => name !== ours(name) && names.includes(ours(name)));
  if (rivals.length === 0) return [];
  const columns: Column[] = [...times, ["providerMemory", "provider's memory"]];
  const rows = sizes.flatMap((n) =>
    rivals.map((name) => [
      String(n),
      titleOf(name),
      ...columns.map(([metric]) => ratio(find(ours(name), n, metric), find(name, n, metric))),
    ]),
  );
  return [
    "pulumi-vcc's time, and the memory of its provider process, divided by the other's; less than 1 is less:",
    table(["n", "compared with", ...columns.map(([, title]) => title)], rows),
  ];
}

function growth({ names, titleOf, sizes, find }: Figures): string[] {
  const [small, large] = sizes.slice(-2);
  if (small === undefined || large === undefined) return [];
  const rows = names.map((name) => [
    titleOf(name),
    ...times.map(([metric]) => ratio(find(name, large, metric), find(name, small, metric))),
  ]);
  return [
    `How many times as long ${large} take as ${small}:`,
    table(["", ...times.map(([, title]) => title)], rows),
  ];
}

function tableBySize(
  { names, titleOf, sizes, find }: Figures,
  columns: Column[],
  cell: (result: Result | undefined) => string,
): string {
  const rows = sizes.flatMap((n) =>
    names.map((name) => [
      String(n),
      titleOf(name),
      ...columns.map(([metric]) => cell(find(name, n, metric))),
    ]),
  );
  return table(["n", "", ...columns.map(([, title]) => title)], rows);
}

function driftTime({ sizes, find }: Figures): string[] {
  const shares = sizes.flatMap((n) => {
    const share = ratio(find("vcc", n, "drift"), find("vcc", n, "preview"));
    return share === "–" ? [] : [`${share} (n = ${n})`];
  });
  if (shares.length === 0) return [];
  return [`Time of \`pulumi-vcc drift\`, divided by that of a preview: ${shares.join(", ")}.`];
}

function importTime({ find }: Figures): string[] {
  const result = find("vcc", 0, "import");
  if (result === undefined) return [];
  const ms = show(result, (value) => value.toFixed(1));
  return [`Loading pulumi-vcc in a new process, beyond the SDK: ${ms} ms.`];
}

function describe({ date, processor, cores, memoryGiB, system, versions, ...rest }: Machine) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const runs = rest.runs === 1 ? "One run each" : `Medians of ${rest.runs} runs in turns`;
  return (
    `${date.slice(0, 10)}: ${cores} × ${processor}, ${memoryGiB} GiB, ${system}; ${list.join(", ")}. ` +
    `${runs}; each answer of the server takes ${rest.latencyMs} ms.`
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

function seconds(result: Result | undefined): string {
  return show(result, (value) => value.toFixed(value < 10 ? 2 : 1));
}

function whole(result: Result | undefined): string {
  return show(result, (value) => value.toFixed(0));
}

function show(result: Result | undefined, format: (value: number) => string): string {
  if (result === undefined) return "–";
  const { median, min, max } = result;
  if (median === null || min === null || max === null) return "failed";
  const [shown, least, most] = [median, min, max].map(format);
  return least === most ? `${shown}` : `${shown} (${least} – ${most})`;
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
