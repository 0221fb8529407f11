import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Region } from "../../provider/accounts/settings";
import type { NewFile } from "./new-file";

/** The CI systems with jobs in `examples/ci`. */
export const ciSystems = ["github", "gitlab", "none"] as const;
export type CiSystem = (typeof ciSystems)[number];

const examples = join(dirname(require.resolve("pulumi-vcc/package.json")), "examples");

/** Example → path in the project. Without `reassert.yml`, which needs `reassertEvery`. */
const jobs: Record<CiSystem, Record<string, string>> = {
  github: {
    "github/review.yml": ".github/workflows/review.yml",
    "github/up.yml": ".github/workflows/up.yml",
    "github/drift.yml": ".github/workflows/drift.yml",
    "github/repair.yml": ".github/workflows/repair.yml",
    "github/setup/action.yml": ".github/actions/vcc-setup/action.yml",
  },
  gitlab: {
    "gitlab-ci.yml": ".gitlab-ci.yml",
    "gitlab-comment.mjs": "ci/gitlab-comment.mjs",
    "vcc.sh": "ci/vcc.sh",
  },
  none: {},
};

const prodStack = [
  "a stack prod, configured as dev",
  "commit Pulumi.prod.yaml and package-lock.json",
] as const;

/** What the jobs need in the settings of the repository, each with a comment. */
const settings: Record<CiSystem, ReadonlyArray<readonly [string, string]>> = {
  github: [
    prodStack,
    ["secret PULUMI_ACCESS_TOKEN", "for Pulumi Cloud; otherwise the next two"],
    ["variable PULUMI_BACKEND_URL", "for example s3://bucket"],
    ["secret PULUMI_CONFIG_PASSPHRASE", "of the stack"],
    ["secrets VCC_CLIENT_ID, VCC_CLIENT_SECRET", "in the environment production"],
    ["or the secret VCC_ACCOUNTS", "for named accounts; in the environment production"],
    ["secret VCC_WITNESS_TOKEN", "if a registration has a witness"],
  ],
  gitlab: [
    prodStack,
    ["variable PULUMI_ACCESS_TOKEN", "masked; Pulumi Cloud, or the next two"],
    ["variable PULUMI_BACKEND_URL", "for example s3://bucket"],
    ["variable PULUMI_CONFIG_PASSPHRASE", "masked; of the stack"],
    ["variables VCC_CLIENT_ID, VCC_CLIENT_SECRET", "masked, protected, environment production*"],
    ["or the variable VCC_ACCOUNTS", "the same, for named accounts"],
    ["variable VCC_WITNESS_TOKEN", "masked; if a registration has a witness"],
    ["variable GITLAB_TOKEN", "masked; comments on merge requests"],
    ["pipeline schedule", "for vcc drift"],
  ],
  none: [],
};

/** What the jobs need, each with a comment. @param region if the jobs already set it */
export function ciNeeds(system: CiSystem, region: Region | undefined) {
  const regionNeed = ["the account's region", "VCC_REGION in the jobs is emea"] as const;
  return region === undefined && system !== "none"
    ? [...settings[system], regionNeed]
    : settings[system];
}

/** @param region replaces that of the examples */
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
