import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { parse } from "yaml";
import { temporaryDirectory } from "../temporary-directory";
import { type Call, fakeTools } from "./fake-tools";
import { type Job, runJob } from "./workflow";

const examples = join(__dirname, "../../examples/ci");

const access = [
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_BACKEND_URL",
  "PULUMI_CONFIG_PASSPHRASE",
  "VCC_WITNESS_TOKEN",
];
const credentials = ["VCC_ACCOUNTS", "VCC_CLIENT_ID", "VCC_CLIENT_SECRET"];
const registers = [...access, ...credentials].sort();
/** GitLab passes them to every job. */
const project = [...access, "GITLAB_TOKEN"].sort();
const production = [...project, ...credentials].sort();

const settings = (names: string[]) =>
  Object.fromEntries(names.map((name) => [name, `the setting ${name}`]));

/** Each command with the settings that it got. */
function received(calls: Call[]) {
  return calls.map(({ command, environment }) => {
    const names = Object.keys(environment).filter((name) =>
      /^the (setting|token) /.test(environment[name] ?? ""),
    );
    if (/^(npx|pulumi) /.test(command)) expect(environment.VCC_REGION).toBe("emea");
    const [short] =
      /^npm ci --ignore-scripts|drift (--all|--stack prod)|^npx --no pulumi-vcc verify|^\w+ \w+/.exec(
        command,
      ) ?? [];
    return [short, names.sort()];
  });
}

const install = "npm ci --ignore-scripts";
const [preview, cancel, up] = ["pulumi preview", "pulumi cancel", "pulumi up"];
const [drift, driftOfAll] = ["drift --stack prod", "drift --all"];
const verify = "npx --no pulumi-vcc verify";

describe("the environment of CI jobs", () => {
  const directory = temporaryDirectory();

  const onGitHub: Array<[workflow: string, job: string, expected: unknown[]]> = [
    [
      "review.yml",
      "check",
      [
        [install, []],
        ["npm run", []],
      ],
    ],
    [
      "review.yml",
      "review",
      [
        [install, []],
        [preview, access],
        [drift, access],
        ["gh api", ["GH_TOKEN"]],
        ["gh api", ["GH_TOKEN"]],
      ],
    ],
    [
      "drift.yml",
      "drift",
      [
        [install, []],
        [driftOfAll, access],
        ["gh api", ["GH_TOKEN"]],
      ],
    ],
    [
      "up.yml",
      "up",
      [
        [install, []],
        [driftOfAll, access],
        [drift, registers],
        [verify, [...access.filter((name) => name !== "VCC_WITNESS_TOKEN"), "VCC_ACCOUNTS"]],
        [up, registers],
        [drift, access],
      ],
    ],
    [
      "reassert.yml",
      "reassert",
      [
        [install, []],
        [driftOfAll, access],
        [drift, access],
        [drift, registers],
        [up, registers],
        [drift, access],
      ],
    ],
    [
      "repair.yml",
      "repair",
      [
        [install, []],
        ["gh api", ["GH_TOKEN"]],
        [cancel, ["PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL"]],
        [drift, registers],
      ],
    ],
  ];

  it.each(onGitHub)(
    "on GitHub, %s gives each command of the job %s the settings that it needs",
    async (workflow, job, expected) => {
      const tools = fakeTools(directory.path);
      tools.respond("npx", "echo the report > drift.md");
      tools.respond("gh", "");
      const results = await runJob(`examples/ci/github/${workflow}`, {
        job,
        directory: directory.path,
        environment: { PATH: tools.path },
        variables: settings(["PULUMI_BACKEND_URL", "OTHER_VARIABLE"]),
        secrets: settings([...access, "OTHER_SECRET"]),
        environmentSecrets: { production: settings(credentials), scheduled: settings(credentials) },
        inputs: { cancel: true },
        pullRequest: 7,
      });
      expect(results.filter(({ code }) => code !== 0)).toEqual([]);
      expect(received(tools.calls())).toEqual(expected);
    },
  );

  const onGitLab: Array<[job: string, names: string[], commands: string[]]> = [
    ["vcc check", project, ["npm run"]],
    ["vcc review", project, [preview, drift, "node ci"]],
    ["vcc drift", project, [driftOfAll]],
    ["vcc up", production, [driftOfAll, drift, verify, drift, up, drift]],
    ["vcc reassert", production, [driftOfAll, drift, drift, drift, up, drift]],
    ["vcc repair", production, [cancel, drift]],
  ];
  const pipeline = parse(readFileSync(join(examples, "gitlab-ci.yml"), "utf8"));

  it.each(onGitLab)(
    "on GitLab, the job %s gets credentials only to register",
    (name, names, commands) => {
      const tools = fakeTools(directory.path);
      tools.respond("node", "");
      mkdirSync(join(directory.path, "ci"));
      cpSync(join(examples, "vcc.sh"), join(directory.path, "ci/vcc.sh"));
      const { script, after_script: after = [], environment = "", variables } = pipeline[name];
      for (const line of [pipeline.default.before_script, script, after].flat()) {
        execFileSync("sh", ["-c", line], {
          cwd: directory.path,
          env: {
            PATH: tools.path,
            ...pipeline.variables,
            ...variables,
            ...settings(project),
            // Limited to `production*`.
            ...(environment.startsWith("production") && settings(credentials)),
            CANCEL: "true",
          },
        });
      }
      expect(received(tools.calls())).toEqual(
        [install, ...commands].map((command) => [command, names]),
      );
    },
  );

  it("has been tested for every job", () => {
    const workflows = readdirSync(join(examples, "github")).filter((name) => name.endsWith(".yml"));
    const jobs = workflows.flatMap((name) => {
      const text = readFileSync(join(examples, "github", name), "utf8");
      return Object.keys(parse(text).jobs as Record<string, Job>).map((job) => `${name} ${job}`);
    });
    expect(onGitHub.map(([workflow, job]) => `${workflow} ${job}`).sort()).toEqual(jobs.sort());
    expect(onGitLab.map(([name]) => name)).toEqual(
      Object.keys(pipeline).filter((name) => name.startsWith("vcc ")),
    );
  });

  it("of scheduled jobs is one without reviewers, and with the secrets of the repository", () => {
    const jobOf = (name: string): Job =>
      parse(readFileSync(join(examples, "github", name), "utf8")).jobs[name.replace(".yml", "")];
    expect(jobOf("drift.yml").environment).toBe("scheduled");
    expect(jobOf("reassert.yml")).toMatchObject({
      with: { environment: "scheduled" },
      secrets: "inherit",
    });
    expect(pipeline["vcc reassert"].environment).not.toBe(pipeline["vcc up"].environment);
  });
});

describe("an update", () => {
  const up = parse(readFileSync(join(examples, "github/up.yml"), "utf8"));
  const pipeline = parse(readFileSync(join(examples, "gitlab-ci.yml"), "utf8"));
  const ignored: string[] = up.on.push["paths-ignore"];
  const changes: string[] = pipeline["vcc up"].rules[0].changes;

  it.each([
    ["README.md", false],
    ["docs/notes.md", false],
    ["index.ts", true],
    ["Pulumi.prod.yaml", true],
    ["package-lock.json", true],
    ["keys/crm.pem", true],
    ["a.d", true],
    ["run.cmd", true],
  ])("follows a change of %s: %s", (file, follows) => {
    expect(!ignored.some((glob) => matchesGlob(file, glob))).toBe(follows);
    expect(changes.some((glob) => matchesGlob(file, glob))).toBe(follows);
  });
});
