/** What is measured of a contestant, and its unit. */
export const units = {
  /** The first `up`: everything is registered. */
  up: "s",
  /** `preview` or `plan` of what has not changed. */
  preview: "s",
  /** `pulumi-vcc drift` of what has not changed. */
  drift: "s",
  /** `up` of what has not changed. */
  noop: "s",
  /** `up` after one header of each registration has changed. */
  rotate: "s",
  /** The most that a process held at once, in the operation that needed most. */
  engineMemory: "MiB",
  providerMemory: "MiB",
  /** Of the first `up`. */
  tokenRequests: "requests",
  apiRequests: "requests",
  /** Of an unchanged `up`, those for tokens included. */
  noopRequests: "requests",
  /** After the first `up`, of one registration: without what the state of none would have. */
  stateBytes: "bytes",
  /** How often a secret of the workload stands in clear in the state, after the last operation. */
  canaries: "times",
  /** Loading the package in a program, beyond `@pulumi/pulumi`; for no `n`, which is 0. */
  import: "ms",
} as const;

export type Metric = keyof typeof units;
const metrics = Object.keys(units) as Metric[];
const metricsOfRounds = metrics.filter((metric) => metric !== "import");

export type Figures = Partial<Record<Metric, number>>;

/** One run of a contestant: what it measured, or why there is nothing that counts. */
export interface Run {
  contestant: string;
  n: number;
  outcome: { figures: Figures } | { failure: string };
}

export interface Result {
  contestant: string;
  n: number;
  metric: Metric;
  /** All three `null`: a run failed. */
  median: number | null;
  min: number | null;
  max: number | null;
  unit: string;
  /** Of each run that failed. */
  failures?: string[];
}

/** One result per contestant, n and metric. A contestant that failed once has no figure at that n, for no metric. */
export function summarize(runs: readonly Run[]): Result[] {
  const groups = Map.groupBy(runs, ({ contestant, n }) => JSON.stringify([contestant, n]));
  return [...groups.values()].flatMap((group): Result[] => {
    const [{ contestant, n } = { contestant: "", n: 0 }] = group;
    const failures = group.flatMap(({ outcome }) =>
      "failure" in outcome ? [outcome.failure] : [],
    );
    if (failures.length > 0) {
      const none = { median: null, min: null, max: null };
      return metricsOfRounds.map((metric) => ({
        ...{ contestant, n, metric, ...none, unit: units[metric], failures },
      }));
    }
    const figures = group.flatMap(({ outcome }) => ("figures" in outcome ? [outcome.figures] : []));
    return metrics.flatMap((metric) => {
      const values = figures.flatMap((each) => each[metric] ?? []);
      if (values.length === 0) return [];
      const spread = { median: median(values), min: Math.min(...values), max: Math.max(...values) };
      return [{ contestant, n, metric, ...spread, unit: units[metric] }];
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
