import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "../../emulator";
import { createProject, example, type Project } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";
import { temporaryDirectory } from "../temporary-directory";
import { type FakeTools, fakeTools } from "./fake-tools";
import { type GitHub, type Post, startGitHub } from "./github";
import { runJob } from "./workflow";

const root = join(__dirname, "../..");
const runbook = "https://github.com/pulumi-vcc/pulumi-vcc/blob/main/docs/runbook.md";
const actionlint = ["-C", join(root, "tools/actionlint"), "tool", "actionlint"];

describe("workflows for GitHub Actions", () => {
  const files = ["examples/ci/github", ".github/workflows"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".yml"))
      .map((name) => join(folder, name)),
  );
  const setup = "examples/ci/github/setup/action.yml";

  const repository = temporaryDirectory();

  it("pass actionlint", async () => {
    // As in the user's repository, where workflows run another one, and an action.
    const workflows = join(repository.path, ".github/workflows");
    mkdirSync(join(repository.path, ".git"));
    cpSync(join(root, setup), join(repository.path, ".github/actions/vcc-setup/action.yml"));
    for (const file of files) cpSync(join(root, file), join(workflows, basename(file)));
    const paths = files.map((file) => join(workflows, basename(file)));
    const { stdout } = await promisify(execFile)("go", [...actionlint, ...paths]);
    expect(stdout).toBe("");
  });

  it("are checked by an actionlint that reports errors", async () => {
    const mistaken = "on: push\njobs: {a: {runs-on: nowhere, steps: [{run: echo}]}}";
    const args = [...actionlint, "-stdin-filename", "x.yml", "-"];
    const lint = promisify(execFile)("go", args);
    lint.child.stdin?.end(mistaken);
    await expect(lint).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"nowhere" is unknown'),
    });
  });

  it("go on with the other accounts if VCC refuses one", () => {
    const texts = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
    const updates = texts.match(/^ *(run: )?pulumi up .*$/gm) ?? [];
    expect(updates).not.toEqual([]);
    for (const update of updates) expect(update).toContain(" --continue-on-error");
  });

  it.each([...files, setup])("%s pins every action by its hash", (file) => {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, action] of text.matchAll(/uses: (.*)$/gm)) {
      expect(action).toMatch(/^(\.\/|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)/);
    }
  });
});

describe("jobs for GitHub Actions", () => {
  const directory = temporaryDirectory();
  let github: GitHub;
  let tools: FakeTools;
  beforeEach(async () => {
    github = await startGitHub();
    tools = fakeTools(directory.path);
  });
  afterEach(() => github.close());

  /** Somebody else wrote the marker too. */
  const post: Post = { id: 1, number: 1, body: "", state: "open", user: { login: "somebody" } };

  async function run(workflow: string, edit?: (text: string) => string) {
    const results = await runJob(`examples/ci/github/${workflow}`, {
      job: workflow.replace(".yml", ""),
      directory: directory.path,
      environment: { PATH: tools.path, ...github.environment },
      pullRequest: 7,
      ...(edit && { edit }),
    });
    return results.map(({ name, code }) => [name, code]);
  }

  it("keep one comment of a pull request up to date", async () => {
    github.comments.push({ ...post, body: "<!-- vcc review prod -->" });
    tools.respond("pulumi", "echo the preview");
    for (const status of [0, 1]) {
      tools.respond("npx", `echo report ${status} > drift.md; exit ${status}`);
      expect(await run("review.yml")).toEqual([
        ["npm ci --ignore-scripts", 0],
        ["Preview and report", status],
        ["Comment", 0],
      ]);
      expect(github.comments.slice(1)).toMatchObject([
        { body: `<!-- vcc review prod -->\nreport ${status}\n` },
      ]);
    }
    expect(tools.calls().at(-1)?.command).toContain(
      " --fail-on unknown --timeout 10m --no-details ",
    );
  });

  it("post what the preview prints, if the user wants that", async () => {
    tools.respond("pulumi", "printf '%020002d'");
    tools.respond("npx", "echo the report > drift.md");
    await run("review.yml", (text) => text.replace("DETAILS: false", "DETAILS: true"));
    expect(github.comments[0]?.body).toMatch(
      /^<!-- .*\nthe report\n<details><summary>pulumi preview<.*\n~+text\n0{20000}\n~+\n\n<\/details>\n$/s,
    );
    expect(tools.calls().at(-1)?.command).not.toContain("--no-details");
  });

  it("open one issue, update it, and close it", async () => {
    github.issues.push({ ...post, body: "<!-- VCC drift -->" });
    const checkDrift = async (script: string) => {
      tools.respond("npx", script);
      const [, drift, issue] = await run("drift.yml");
      expect(issue).toEqual(["Issue", 0]);
      return drift?.[1];
    };
    expect(
      await checkDrift(
        'echo the drift > drift.md; echo "drifted=true" >> "$GITHUB_OUTPUT"; exit 2',
      ),
    ).toBe(2);
    expect(github.issues).toHaveLength(2);
    expect(github.issues[1]).toMatchObject({
      title: "VCC drift",
      body: expect.stringMatching(/^<!-- VCC drift -->\nthe drift\n.*\/actions\/runs\/1/s),
    });

    expect(await checkDrift("echo the failure > drift.md; exit 1")).toBe(1);
    expect(github.issues).toHaveLength(2);
    expect(github.issues[1]).toMatchObject({
      state: "open",
      title: "VCC drift: check failed",
      body: expect.stringContaining("the failure"),
    });

    expect(github.issues[1]?.body).toContain(`What to do: ${runbook}`);

    for (const _ of [1, 2]) expect(await checkDrift("exit 0")).toBe(0);
    expect(github.issues.map(({ state }) => state)).toEqual(["open", "closed"]);
    expect(github.comments).toMatchObject([
      { body: expect.stringContaining("Everything is as declared again") },
    ]);
  });

  it("repair what the last report of this repository names", async () => {
    const zip = (text: string) => {
      writeFileSync(join(directory.path, "drift.json"), text);
      return execFileSync("zip", ["-q", "-", "drift.json"], { cwd: directory.path });
    };
    const report = (run: number, day: number, isOfFork = false) => ({
      ...{ run, created_at: `2026-11-0${day}T06:17:00Z`, content: zip(`report ${run}`), isOfFork },
    });
    github.artifacts.push(report(1, 1), report(2, 3), report(3, 2), report(4, 4, true));
    rmSync(join(directory.path, "drift.json"));
    expect(await run("repair.yml")).toEqual([
      ["npm ci --ignore-scripts", 0],
      ["Last report", 0],
      ["Repair", 0],
    ]);
    expect(readFileSync(join(directory.path, "drift.json"), "utf8")).toBe("report 2");
    expect(tools.calls().at(-1)?.command).toContain(" --since drift.json --repair --yes ");
  });

  it("register nothing if an endpoint does not work, unlike if it could not be checked", async () => {
    const steps = ["npm ci --ignore-scripts", "Check", "Repair", "Verify", "Register", "Report"];
    const registers = async (verified: number) => {
      tools.respond("npx", `case "$*" in *" verify "*) exit ${verified} ;; esac`);
      const codes = await run("up.yml");
      expect(codes.map(([name]) => name)).toEqual(
        verified === 2 ? steps.filter((name) => name !== "Register") : steps,
      );
      return codes.every(([, code]) => code === 0);
    };
    expect([await registers(0), await registers(1), await registers(2)]).toEqual([
      ...[true, true, false],
    ]);
  });

  it("open an issue even if the job failed before the drift check", async () => {
    tools.respond("npm", "exit 1");
    expect(await run("drift.yml")).toEqual([
      ["npm ci --ignore-scripts", 1],
      ["Issue", 0],
    ]);
    expect(github.issues[0]?.body).toContain("The drift check did not run: the job failed first.");
  });
});

describe("jobs for GitHub Actions, with the real CLI", () => {
  const credentials = { clientId: "id", clientSecret: canary("client") };
  let project: Project;
  let emulator: Emulator;
  let github: GitHub;
  beforeEach(async () => {
    github = await startGitHub();
    emulator = await startEmulator(credentials);
    project = await createProject("tarball", { stackName: "prod" });
  });
  afterEach(async () => {
    github.close();
    await emulator.close();
    project.remove();
  });

  it("register, review a rotated header, and release a locked stack, with what their files give them", async () => {
    const [first, second] = [canary("first"), canary("second")];
    project.write(example("quickstart.ts"));
    await project.stack.setAllConfig({
      "vcc:apiUrl": { value: emulator.apiUrl },
      "vcc:authUrl": { value: emulator.authUrl },
      callbackToken: { value: first, secret: true },
    });
    const {
      PULUMI_BACKEND_URL = "",
      PULUMI_CONFIG_PASSPHRASE = "",
      ...runner
    } = project.stack.workspace.envVars;
    const run = (workflow: string, only: string[]) =>
      runJob(`examples/ci/github/${workflow}`, {
        directory: project.directory,
        environment: {
          ...runner,
          PATH: process.env.PATH ?? "",
          HOME: project.directory,
          ...github.environment,
          NO_PROXY: "127.0.0.1",
        },
        variables: { PULUMI_BACKEND_URL },
        secrets: { PULUMI_CONFIG_PASSPHRASE },
        job: workflow.replace(".yml", ""),
        environmentSecrets: {
          production: {
            VCC_CLIENT_ID: credentials.clientId,
            VCC_CLIENT_SECRET: credentials.clientSecret,
          },
        },
        inputs: { cancel: true },
        pullRequest: 7,
        only,
      });

    const registered = await run("up.yml", ["Check", "Repair", "Register", "Report"]);
    expect(registered.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(JSON.stringify(emulator.registrations())).toContain(`Bearer ${first}`);

    await project.stack.setConfig("callbackToken", { value: second, secret: true });
    const reviewed = await run("review.yml", ["Preview and report", "Comment"]);
    expect(reviewed.map(({ code }) => code)).toEqual([0, 0]);
    expect(reviewed[0]?.output).toContain("~ Authorization:");
    expect(github.comments[0]?.body).toMatch(/pending.*headers\.Authorization/);

    // As a killed job leaves it.
    const locks = join(project.directory, "state/.pulumi/locks/organization/project/prod");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "killed.json"), "{}");
    const [locked] = await run("drift.yml", ["Drift"]);
    expect(locked).toMatchObject({ code: 1, output: expect.stringContaining("is locked by") });
    const repaired = await run("repair.yml", ["Cancel", "Repair"]);
    // The change waits for up.yml.
    expect(repaired.map(({ code }) => code)).toEqual([0, 2]);
    expect(await run("up.yml", ["Register"])).toMatchObject([{ code: 0 }]);
    expect(JSON.stringify(emulator.registrations())).toContain(`Bearer ${second}`);
    expect(await run("drift.yml", ["Drift"])).toMatchObject([{ code: 0 }]);

    const outputs = [...registered, ...reviewed, ...repaired].map(({ output }) => output);
    for (const form of [first, second, credentials.clientSecret].flatMap(formsOf)) {
      expect([...outputs, JSON.stringify(github.comments)].join("\n")).not.toContain(form);
    }
  });
});
