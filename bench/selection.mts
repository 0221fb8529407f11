/** The suffix of candidates that run with `PULUMI_SKIP_CHECKPOINTS=true`. */
export const skipCheckpointsSuffix = "-skip-checkpoints";

const pulumiNames = ["vcc", "handwritten", "floor"];

export const candidateNames: readonly string[] = [...pulumiNames, "init", "restapi"];

/** The values of `--only`: a candidate with and without checkpoints, or only without them. */
export const selections: readonly string[] = [
  ...candidateNames,
  ...pulumiNames.map((name) => name + skipCheckpointsSuffix),
];

export function isSelected(name: string, only: readonly string[]): boolean {
  return only.includes(name) || only.includes(name.replace(skipCheckpointsSuffix, ""));
}

export function needsPulumi(only: readonly string[]): boolean {
  return only.some((name) => name !== "restapi");
}

export function needsOpenTofu(only: readonly string[]): boolean {
  return only.includes("restapi");
}
