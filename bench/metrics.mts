/** The metrics of a candidate, and their units. */
export const units = {
  /** The first `up`: everything is registered. */
  up: "s",
  /** `preview` or `plan` without changes. */
  preview: "s",
  /** `pulumi-vcc drift` without changes. */
  drift: "s",
  /** `up` without changes. */
  noop: "s",
  /** `up` without changes, after an edit of the program. */
  edit: "s",
  /** `up` after one header of each registration has changed. */
  rotate: "s",
  /** The peak memory of a process, in the most expensive operation. */
  engineMemory: "MiB",
  providerMemory: "MiB",
  /** During the first `up`. */
  tokenRequests: "requests",
  apiRequests: "requests",
  /** During an unchanged `up`, including token requests. */
  noopRequests: "requests",
  /** Size of the state per registration after the first `up`, without the size of an empty state. */
  stateBytes: "bytes",
  /** How often the state contains a secret of the workload in clear text, after the last operation. */
  canaries: "times",
  /** The phases of an unchanged `up`: see `phases.mts`. */
  phaseEngine: "s",
  phaseProgram: "s",
  phaseProvider: "s",
  phaseCheck: "s",
  phaseEnd: "s",
  /** Time to load the package in addition to `@pulumi/pulumi`. Independent of `n`, which is 0. */
  import: "ms",
} as const;

export type Metric = keyof typeof units;
const metrics = Object.keys(units) as Metric[];
const roundMetrics = metrics.filter((metric) => metric !== "import");

export type Figures = Partial<Record<Metric, number>>;

/** One run of a candidate: its figures, or why it failed. */
export interface Run {
  candidate: string;
  n: number;
  outcome: { figures: Figures } | { failure: string };
}

export interface Result {
  candidate: string;
  n: number;
  metric: Metric;
  /** All three are `null` if a run failed. */
  median: number | null;
  min: number | null;
  max: number | null;
  unit: string;
  /** The message of each run that failed. */
  failures?: string[];
}

/** One result per candidate, n and metric. If any run of a candidate failed, it has no figures for that n. */
export function summarize(runs: readonly Run[]): Result[] {
  const groups = Map.groupBy(runs, ({ candidate, n }) => JSON.stringify([candidate, n]));
  return [...groups.values()].flatMap((group): Result[] => {
    const [{ candidate, n } = { candidate: "", n: 0 }] = group;
    const failures = group.flatMap(({ outcome }) =>
      "failure" in outcome ? [outcome.failure] : [],
    );
    if (failures.length > 0) {
      const none = { median: null, min: null, max: null };
      return roundMetrics.map((metric) => ({
        ...{ candidate, n, metric, ...none, unit: units[metric], failures },
      }));
    }
    const figures = group.flatMap(({ outcome }) => ("figures" in outcome ? [outcome.figures] : []));
    return metrics.flatMap((metric) => {
      const values = figures.flatMap((each) => each[metric] ?? []);
      if (values.length === 0) return [];
      const spread = { median: median(values), min: Math.min(...values), max: Math.max(...values) };
      return [{ candidate, n, metric, ...spread, unit: units[metric] }];
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[Math.ceil(middle) - 1],
    sorted[Math.floor(middle)],
  ];
  return (low + high) / 2;
}
