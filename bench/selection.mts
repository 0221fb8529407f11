/** The suffix of those that run with `PULUMI_SKIP_CHECKPOINTS=true`. */
export const skipping = "-skip-checkpoints";

const pulumiNames = ["vcc", "handwritten", "floor"];

export const all: readonly string[] = [...pulumiNames, "restapi"];

/** What `--only` takes: a contestant in every way of running it, or in one. */
export const selections: readonly string[] = [
  ...all,
  ...pulumiNames.map((name) => name + skipping),
];

export function isSelected(name: string, only: readonly string[]): boolean {
  return only.includes(name) || only.includes(name.replace(skipping, ""));
}

export function needsPulumi(only: readonly string[]): boolean {
  return only.some((name) => name !== "restapi");
}

export function needsOpenTofu(only: readonly string[]): boolean {
  return only.includes("restapi");
}
