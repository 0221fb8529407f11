import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Region } from "../../provider/contract/region";
import type { NewFile } from "./new-file";

/** The CI systems that `examples/ci` has jobs for. */
export const ciSystems = ["github", "gitlab", "none"] as const;
export type CiSystem = (typeof ciSystems)[number];

const examples = join(dirname(require.resolve("pulumi-vcc/package.json")), "examples");

/** Where each example goes. `reassert.yml` is left out: it is only useful with `reassertEvery`. */
const jobs: Record<CiSystem, Record<string, string>> = {
  github: {
    "github/review.yml": ".github/workflows/review.yml",
    "github/up.yml": ".github/workflows/up.yml",
    "github/drift.yml": ".github/workflows/drift.yml",
    "github/repair.yml": ".github/workflows/repair.yml",
  },
  gitlab: { "gitlab-ci.yml": ".gitlab-ci.yml", "vcc.sh": "ci/vcc.sh" },
  none: {},
};

/** What the jobs need in the settings of the repository, and what for. */
export const ciNeeds: Record<CiSystem, ReadonlyArray<readonly [string, string]>> = {
  github: [
    ["a stack prod, configured as dev", "commit Pulumi.prod.yaml and package-lock.json"],
    ["secret PULUMI_ACCESS_TOKEN", "for Pulumi Cloud; otherwise the next two"],
    ["variable PULUMI_BACKEND_URL", "for example s3://bucket"],
    ["secret PULUMI_CONFIG_PASSPHRASE", "of the stack"],
    ["secrets VCC_CLIENT_ID, VCC_CLIENT_SECRET", "in the environment production"],
  ],
  gitlab: [
    ["a stack prod, configured as dev", "commit Pulumi.prod.yaml and package-lock.json"],
    ["variable PULUMI_ACCESS_TOKEN", "masked; Pulumi Cloud, or the next two"],
    ["variable PULUMI_BACKEND_URL", "for example s3://bucket"],
    ["variable PULUMI_CONFIG_PASSPHRASE", "masked; of the stack"],
    ["variables VCC_CLIENT_ID, VCC_CLIENT_SECRET", "masked, protected, environment production"],
    ["pipeline schedule", "for vcc drift"],
  ],
  none: [],
};

/** @param region replaces that of the examples. @default the same */
export function ciJobs(system: CiSystem, region: Region = "emea"): NewFile[] {
  return Object.entries(jobs[system]).map(([example, path]) => ({
    path,
    content: readFileSync(join(examples, "ci", example), "utf8").replace(
      "VCC_REGION: emea",
      `VCC_REGION: ${region}`,
    ),
    mode: path.endsWith(".sh") ? 0o755 : 0o644,
  }));
}

/** The program of the README. */
export function quickstart(): string {
  return readFileSync(join(examples, "quickstart.ts"), "utf8");
}

/** The CI system of the repository in a directory, from the URLs of its remotes. */
export function detectCiSystem(directory: string): CiSystem {
  try {
    const config = readFileSync(join(directory, ".git/config"), "utf8");
    const [, host] = /^\s*url\s*=.*?\b(github|gitlab)\./m.exec(config) ?? [];
    return (host as CiSystem | undefined) ?? "none";
  } catch {
    return "none";
  }
}
