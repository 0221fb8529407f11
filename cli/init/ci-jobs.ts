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

/** What the jobs need in the settings of the repository, each with a comment. */
const settings: Record<CiSystem, ReadonlyArray<readonly [string, string]>> = {
  github: [
    ["secret PULUMI_ACCESS_TOKEN", "for Pulumi Cloud; otherwise the next two"],
    ["variable PULUMI_BACKEND_URL", "like s3://bucket; not on this machine"],
    ["secret PULUMI_CONFIG_PASSPHRASE", "of the stack"],
    ["secrets VCC_CLIENT_ID, VCC_CLIENT_SECRET", "in the environment production"],
    ["or the secret VCC_ACCOUNTS", "for named accounts; in the environment production"],
    ["secret VCC_WITNESS_TOKEN", "if a registration has a witness"],
  ],
  gitlab: [
    ["variable PULUMI_ACCESS_TOKEN", "masked; Pulumi Cloud, or the next two"],
    ["variable PULUMI_BACKEND_URL", "like s3://bucket; not on this machine"],
    ["variable PULUMI_CONFIG_PASSPHRASE", "masked; of the stack"],
    ["variables VCC_CLIENT_ID, VCC_CLIENT_SECRET", "masked, protected, environment production*"],
    ["or the variable VCC_ACCOUNTS", "the same, for named accounts"],
    ["variable VCC_WITNESS_TOKEN", "masked; if a registration has a witness"],
    ["variable GITLAB_TOKEN", "masked; comments on merge requests"],
    ["pipeline schedule", "for vcc drift"],
  ],
  none: [],
};

interface Target {
  stack: string;
  /** @default that of the examples, emea */
  region: Region | undefined;
  /** The environment variables that the program refers to. */
  variables: readonly string[];
}

/** What the jobs need, each with a comment. */
export function ciNeeds(system: CiSystem, { stack, region, variables }: Target) {
  if (system === "none") return [];
  return [
    [`the stack ${stack}`, `commit Pulumi.${stack}.yaml and package-lock.json`],
    ...settings[system],
    ...variables.map((name) => [
      `${system === "github" ? "secret" : "variable"} ${name}`,
      system === "github" ? "of a header" : "masked; of a header",
    ]),
    ...(region === undefined ? [["the account's region", "VCC_REGION in the jobs is emea"]] : []),
  ];
}

/** Adds variables to each step that runs Pulumi. GitLab hands its variables to every job. */
function withVariables(workflow: string, variables: readonly string[]): string {
  const added = variables.filter((name) => !workflow.includes(` ${name}: `));
  return workflow.replace(/^ *PULUMI_CONFIG_PASSPHRASE: \$\{\{.*\n/gm, (line) =>
    [line, ...added.map((name) => line.replaceAll("PULUMI_CONFIG_PASSPHRASE", name))].join(""),
  );
}

export function ciJobs(system: CiSystem, { stack, region = "emea", variables }: Target): NewFile[] {
  return Object.entries(jobs[system]).map(([example, path]) => ({
    path,
    content: withVariables(readFileSync(join(examples, "ci", example), "utf8"), variables)
      .replace("STACK: prod", `STACK: ${stack}`)
      .replace("VCC_REGION: emea", `VCC_REGION: ${region}`),
    mode: path.endsWith(".sh") ? 0o755 : 0o644,
  }));
}

/** The program of the README. */
export function quickstart(): string {
  return readFileSync(join(examples, "quickstart.ts"), "utf8");
}
