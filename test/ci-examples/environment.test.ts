import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { temporaryDirectory } from "../temporary-directory";
import { type Call, fakeTools } from "./fake-tools";
import { runJob } from "./workflow";

const examples = join(__dirname, "../../examples/ci");

const access = [
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_BACKEND_URL",
  "PULUMI_CONFIG_PASSPHRASE",
  "VCC_WITNESS_TOKEN",
];
const credentials = ["VCC_ACCOUNTS", "VCC_CLIENT_ID", "VCC_CLIENT_SECRET"];
const registers = [...access, ...credentials].sort();

const settings = (names: string[]) =>
  Object.fromEntries(names.map((name) => [name, `the setting ${name}`]));

/** Each command with the settings that it got. */
function received(calls: Call[]) {
  return calls.map(({ command, environment }) => {
    const names = Object.keys(environment).filter((name) =>
      /^the (setting|token) /.test(environment[name] ?? ""),
    );
    if (/^(npx|pulumi) /.test(command)) {
      expect(environment).toMatchObject({ STACK: "prod", VCC_REGION: "emea" });
    }
    return [command.split(" --")[0], names.sort()];
  });
}

const [drift, preview, up] = ["npx", "pulumi preview", "pulumi up"];

describe("the environment of CI jobs", () => {
  const directory = temporaryDirectory();

  it.each([
    [
      "review.yml",
      [
        ["npm ci", []],
        ["npm run check", []],
        [preview, access],
        [drift, access],
        ["gh api", ["GH_TOKEN"]],
        ["gh api", ["GH_TOKEN"]],
      ],
    ],
    [
      "drift.yml",
      [
        ["npm ci", []],
        [drift, access],
        ["gh api", ["GH_TOKEN"]],
      ],
    ],
    [
      "up.yml",
      [
        ["npm ci", []],
        [drift, registers],
        [up, registers],
        [drift, access],
      ],
    ],
    [
      "repair.yml",
      [
        ["npm ci", []],
        [drift, registers],
      ],
    ],
  ])("on GitHub, %s gives each command the settings that it needs", async (workflow, expected) => {
    const tools = fakeTools(directory.path);
    tools.respond("npx", "echo the report > drift.md");
    tools.respond("gh", "");
    const results = await runJob(`examples/ci/github/${workflow}`, {
      directory: directory.path,
      environment: { PATH: tools.path },
      variables: settings(["PULUMI_BACKEND_URL", "OTHER_VARIABLE"]),
      secrets: settings([...access, "OTHER_SECRET"]),
      environmentSecrets: settings(credentials),
      pullRequest: 7,
    });
    expect(results.filter(({ code }) => code !== 0)).toEqual([]);
    expect(received(tools.calls())).toEqual(expected);
  });

  it("on GitHub, reassert.yml gives the secrets to up.yml", () => {
    const { jobs } = parse(readFileSync(join(examples, "github/reassert.yml"), "utf8"));
    expect(jobs.reassert).toEqual({
      uses: "./.github/workflows/up.yml",
      secrets: "inherit",
    });
  });

  it.each([
    [
      "vcc review",
      [
        ["npm run check", access],
        [preview, access],
        [drift, access],
      ],
    ],
    ["vcc drift", [[drift, access]]],
    ["vcc up", [drift, drift, up, drift].map((command) => [command, registers])],
    ["vcc repair", [[drift, registers]]],
  ])("on GitLab, the job %s gets credentials only to register", (name, expected) => {
    const tools = fakeTools(directory.path);
    mkdirSync(join(directory.path, "ci"));
    cpSync(join(examples, "vcc.sh"), join(directory.path, "ci/vcc.sh"));
    const pipeline = parse(readFileSync(join(examples, "gitlab-ci.yml"), "utf8"));
    const { script, environment, variables } = pipeline[name];
    for (const line of [pipeline.default.before_script, script].flat()) {
      execFileSync("sh", ["-c", line], {
        cwd: directory.path,
        env: {
          PATH: tools.path,
          ...pipeline.variables,
          ...variables,
          ...settings(access),
          ...(environment === "production" && settings(credentials)),
        },
      });
    }
    const [install, ...calls] = received(tools.calls());
    expect(install?.[0]).toBe("npm ci");
    expect(calls).toEqual(expected);
  });
});
