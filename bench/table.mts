import type { Candidate } from "./candidates.mts";
import type { Machine } from "./machine.mts";
import type { Metric, Result } from "./metrics.mts";
import { skipCheckpointsSuffix } from "./selection.mts";

type Column = [metric: Metric, title: string];

const times: Column[] = [
  ["up", "first up"],
  ["noop", "unchanged up"],
  ["edit", "unchanged up of an edited program"],
  ["rotate", "one header changed per registration"],
  ["preview", "preview or plan"],
];

const phases: Column[] = [
  ["phaseEngine", "engine and backend"],
  ["phaseProgram", "Node.js, SDK and program"],
  ["phaseProvider", "Node.js and SDK of the provider"],
  ["phaseCheck", "first check"],
  ["phaseEnd", "everything else"],
];

const otherFigures: Column[] = [
  ["engineMemory", "engine, MiB"],
  ["providerMemory", "provider, MiB"],
  ["tokenRequests", "token requests"],
  ["apiRequests", "API requests"],
  ["noopRequests", "requests of an unchanged up, including tokens"],
  ["stateBytes", "state, bytes per registration"],
  ["canaries", "secrets in clear text"],
];

const baselineNote =
  "The no-op baseline is a `dynamic.Resource` whose `create` returns at once. pulumi-vcc can be faster: its " +
  "code in the state is shorter.";

const restapiNote =
  "¹ It reads each object after each write, and twice if nothing has changed, from a route that only the " +
  "benchmark's server has, so it cannot be used with VCC. It requests a new token for each request. " +
  "OpenTofu can encrypt its state, but does not by default. OpenTofu's engine evaluates the program " +
  "itself; Pulumi's engine runs it in a separate process, which is not counted here.";

/** The data of the tables, and how to look it up. */
interface Figures {
  names: string[];
  titleOf(name: string): string;
  /** Numbers of registrations, ascending. */
  sizes: number[];
  find(candidate: string, n: number, metric: Metric): Result | undefined;
}

/** Formats the ratios first, then the times with their spread, then the other figures. */
export function toMarkdown(
  machine: Machine,
  candidates: ReadonlyArray<Pick<Candidate, "name" | "title">>,
  results: readonly Result[],
): string {
  const figures: Figures = {
    names: candidates.map(({ name }) => name),
    titleOf: (name) => candidates.find((each) => each.name === name)?.title ?? name,
    sizes: [...new Set(results.map(({ n }) => n))].filter((n) => n > 0),
    find: (candidate, n, metric) =>
      results.find(
        (each) => each.candidate === candidate && each.n === n && each.metric === metric,
      ),
  };
  return [
    describe(machine),
    ...ratios(figures),
    ...ratiosOfInit(figures),
    ...phaseTimes(figures),
    ...growth(figures),
    "<details>\n<summary>Seconds, memory, requests and state</summary>",
    "Seconds (min – max):",
    tableBySize(figures, times, seconds),
    "Other figures:",
    tableBySize(figures, otherFigures, whole),
    "</details>",
    ...driftTime(figures),
    ...importTime(figures),
    ...(figures.names.some((name) => name.startsWith("floor")) ? [baselineNote] : []),
    ...(figures.names.includes("restapi") ? [restapiNote] : []),
  ].join("\n\n");
}

function ratios({ names, titleOf, sizes, find }: Figures): string[] {
  const others = names.filter(
    (name) =>
      name !== "init" && name !== counterpartOf(name) && names.includes(counterpartOf(name)),
  );
  if (others.length === 0) return [];
  const columns: Column[] = [...times, ["providerMemory", "provider's memory"]];
  const rows = sizes.flatMap((n) =>
    others.map((name) => [
      String(n),
      titleOf(name),
      ...columns.map(([metric]) =>
        ratio(find(counterpartOf(name), n, metric), find(name, n, metric)),
      ),
    ]),
  );
  return [
    "Ratio of pulumi-vcc's time, and of the memory of its provider process, to the other's. Below 1, pulumi-vcc needs less:",
    table(["n", "compared with", ...columns.map(([, title]) => title)], rows),
  ];
}

/** What `init` gains over Pulumi's template, where the language host heeds its options. */
function ratiosOfInit({ names, titleOf, sizes, find }: Figures): string[] {
  const others = ["vcc", "handwritten"].filter((name) => names.includes(name));
  if (!names.includes("init") || others.length === 0) return [];
  const rows = sizes.flatMap((n) =>
    others.map((name) => [
      String(n),
      titleOf(name),
      ...times.map(([metric]) => ratio(find("init", n, metric), find(name, n, metric))),
    ]),
  );
  return [
    "Ratio of the time in a project of `pulumi-vcc init` to that in a project of Pulumi's template:",
    table(["n", "compared with", ...times.map(([, title]) => title)], rows),
  ];
}

function phaseTimes({ names, titleOf, sizes, find }: Figures): string[] {
  const [n = 0] = sizes;
  const measured = names.filter((name) => typeof find(name, n, "phaseEnd")?.median === "number");
  if (measured.length === 0) return [];
  const rows = measured.map((name) => [
    titleOf(name),
    ...phases.map(([metric]) => milliseconds(find(name, n, metric))),
  ]);
  return [
    `Phases of an unchanged \`up\` with n = ${n}, from the engine's log, in ms:`,
    table(["", ...phases.map(([, title]) => title)], rows),
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
    `Ratio of the time for ${large} registrations to the time for ${small}:`,
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
  const values = sizes.flatMap((n) => {
    const value = ratio(find("vcc", n, "drift"), find("vcc", n, "preview"));
    return value === "–" ? [] : [`${value} (n = ${n})`];
  });
  if (values.length === 0) return [];
  return [`Ratio of the time of \`pulumi-vcc drift\` to that of a preview: ${values.join(", ")}.`];
}

function importTime({ find }: Figures): string[] {
  const result = find("vcc", 0, "import");
  if (result === undefined) return [];
  const ms = show(result, (value) => value.toFixed(1));
  return [`Time to load pulumi-vcc in a new process, in addition to the SDK: ${ms} ms.`];
}

function describe({ date, processor, cores, memoryGiB, system, versions, ...rest }: Machine) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const runs = rest.runs === 1 ? "One run each" : `Medians of ${rest.runs} interleaved runs`;
  return (
    `${date.slice(0, 10)}: ${cores} × ${processor}, ${memoryGiB} GiB, ${system}; ${list.join(", ")}. ` +
    `${runs}; the server responds after ${rest.latencyMs} ms.`
  );
}

/** The pulumi-vcc candidate to compare with: both skip checkpoints, or neither does. */
function counterpartOf(name: string): string {
  return name.endsWith(skipCheckpointsSuffix) ? `vcc${skipCheckpointsSuffix}` : "vcc";
}

function ratio(a: Result | undefined, b: Result | undefined): string {
  if (typeof a?.median !== "number" || typeof b?.median !== "number") return "–";
  return (a.median / b.median).toFixed(2);
}

function seconds(result: Result | undefined): string {
  return show(result, (value) => value.toFixed(value < 10 ? 2 : 1));
}

function milliseconds(result: Result | undefined): string {
  return show(result, (value) => (value * 1000).toFixed(0));
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
