import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { interruptUpdate, runWithoutCredentials } from "../end-to-end/drift-reports";
import { environmentOf, example, sceneWith } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";
import { parseJunit } from "../report-formats";
import { temporaryDirectory } from "../temporary-directory";
import { type GitHub, type Post, runStep, startGitHub } from "./github";

const root = join(__dirname, "../..");
const ciExamples = join(root, "examples/ci");

describe("workflows for GitHub Actions", () => {
  const files = ["examples/ci/github", ".github/workflows"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );

  const repository = temporaryDirectory();

  it.each(files)("%s passes actionlint", async (file) => {
    // As in the user's repository, where one workflow runs another.
    const workflows = join(repository.path, ".github/workflows");
    cpSync(join(root, dirname(file)), workflows, { recursive: true });
    mkdirSync(join(repository.path, ".git"));
    const args = ["-C", join(root, "tools/actionlint"), "tool", "actionlint"];
    const path = join(workflows, basename(file));
    const { stdout } = await promisify(execFile)("go", [...args, path]);
    expect(stdout).toBe("");
  });

  it("are checked by an actionlint that reports errors", async () => {
    const mistaken = "on: push\njobs: {a: {runs-on: nowhere, steps: [{run: echo}]}}";
    const lint = promisify(execFile)("go", [
      ...["-C", join(root, "tools/actionlint"), "tool", "actionlint"],
      ...["-stdin-filename", "x.yml", "-"],
    ]);
    lint.child.stdin?.end(mistaken);
    await expect(lint).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"nowhere" is unknown'),
    });
  });

  it.each(files)("%s pins every action by its hash", (file) => {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, action] of text.matchAll(/uses: (.*)$/gm)) {
      expect(action).toMatch(/^(\.\/|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)/);
    }
  });

  it("give VCC credentials only to the jobs that register", () => {
    const withCredentials = files.filter((file) =>
      /secrets\.VCC_/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(withCredentials.map((file) => basename(file)).sort()).toEqual(["repair.yml", "up.yml"]);
  });
});

describe("CI jobs", () => {
  const scene = sceneWith("tarball");

  /** Writes the quickstart, with a token in the configuration of the stack. */
  async function configure(token: string) {
    scene.project.write(example("quickstart.ts"));
    await scene.project.stack.setConfig("callbackToken", { value: token, secret: true });
  }

  describe("as a shell script", () => {
    const job = (name: string, environment = {}) =>
      runWithoutCredentials(scene, "sh", [join(ciExamples, "vcc.sh"), name], {
        STACK: "dev",
        ...environment,
      });
    const up = () => job("up", environmentOf(scene.emulator, scene.credentials));
    const report = (name: string) =>
      readFileSync(join(scene.project.directory, "reports", name), "utf8");

    it("find a rotated header, register it, and then pass", async () => {
      const { emulator, credentials } = scene;
      const [first, second] = [canary("first"), canary("second")];
      await configure(first);
      expect((await up()).code).toBe(0);
      expect((await job("drift")).code).toBe(0);

      await configure(second);
      const review = await job("review");
      expect(review.code).toBe(0);
      expect(review.stdout).toContain("~ Authorization:");
      expect(review.stdout).toContain("pending");
      const drifted = await job("drift");
      expect(drifted.code).toBe(2);
      expect(drifted.stdout).toMatch(/"CrmIntegration" +pending +headers\.Authorization/);
      expect(await parseJunit(report("drift.xml"))).toMatchObject([{ failure: "pending" }]);
      expect(report("drift.md")).toContain("headers.Authorization");

      const applied = await up();
      expect(applied.code).toBe(0);
      const [held] = emulator.registrations();
      expect(JSON.stringify(held)).toContain(`Bearer ${second}`);
      const passed = await job("drift");
      expect(passed.code).toBe(0);
      expect(passed.stdout).toContain("in sync (unverified)");
      const all = [review, drifted, applied, passed].map(({ stdout, stderr }) => stdout + stderr);
      for (const form of [first, second, credentials.clientSecret].flatMap(formsOf)) {
        expect([...all, report("drift.xml"), report("drift.md")].join("\n")).not.toContain(form);
      }
    });

    it("register again what an interrupted update may have left, before `pulumi up` forgets it", async () => {
      const { project, emulator } = scene;
      await configure(canary("token"));
      expect((await up()).code).toBe(0);
      // VCC acknowledged another endpoint, the engine was killed, and the change was taken back.
      interruptUpdate(project, "updating");
      emulator.reset();
      const repaired = await up();
      expect(repaired.code).toBe(0);
      expect(repaired.stderr).toContain("To repair:\n  pulumi up --stack dev --replace urn:");
      expect(emulator.registrations().map(({ provider }) => provider)).toEqual(["CrmIntegration"]);

      // A report of this run may not look like the one before.
      project.write("throw new Error('broken ' + process.env.VCC_CLIENT_SECRET);");
      const failed = await up();
      expect(failed.code).toBe(1);
      for (const name of ["drift.md", "drift.xml", "drift.json"]) {
        expect(report(name)).toContain("could not look");
        for (const form of formsOf(scene.credentials.clientSecret)) {
          expect(failed.stderr + report(name)).not.toContain(form);
        }
      }
    });

    it("report after an update that failed, and tell a chat once what has changed", async () => {
      const { project, emulator } = scene;
      await configure("first");
      emulator.fail({ target: "register", fault: { kind: "status", status: 400 } });
      const failed = await up();
      expect(failed.code).toBe(1);
      expect(report("drift.md")).toContain("unregistered");

      const messages = join(project.directory, "messages");
      const NOTIFY = `cat >> ${messages}`;
      expect((await job("drift", { NOTIFY })).code).toBe(2);
      expect(existsSync(messages)).toBe(false);
      const repaired = await job("repair", environmentOf(emulator, scene.credentials));
      expect(repaired.code).toBe(0);
      await configure("second");
      for (const _ of [1, 2]) expect((await job("drift", { NOTIFY })).code).toBe(2);
      expect(readFileSync(messages, "utf8").match(/### /g)).toHaveLength(1);
    });

    it("explain why they failed", async () => {
      await configure("token");
      const otherStack = await job("drift", { STACK: "other" });
      expect(otherStack).toMatchObject({ code: 1, stdout: "" });
      expect(otherStack.stderr).toContain("no stack named 'other' found");
      const failures = [
        [await job("review", { STACK: "other" }), "no stack named 'other' found"],
        [await job("up", { STACK: "other" }), "no stack named 'other' found"],
        [await job("nonsense"), "review|drift|up|repair"],
        [await job("drift", { STACK: "" }), "STACK is required"],
        [await job("drift", { PATH: "/usr/bin:/bin" }), ""],
      ] as const;
      for (const [{ code, stderr }, reason] of failures) {
        expect(stderr).toContain(reason);
        expect(code).toBe(1);
      }
    });
  });

  describe("for GitHub Actions", () => {
    let github: GitHub;
    beforeEach(async () => {
      github = await startGitHub();
    });
    afterEach(() => github.close());

    /** Somebody else wrote the marker too. */
    const post: Post = { id: 1, number: 1, body: "", state: "open", user: { login: "somebody" } };

    const step = (workflow: string, name: string, environment = {}) => {
      const { project, emulator } = scene;
      return runStep(workflow, name, project.directory, {
        ...process.env,
        ...project.stack.workspace.envVars,
        ...environmentOf(emulator),
        STACK: "dev",
        ...github.environment,
        NO_PROXY: "127.0.0.1",
        ...environment,
      });
    };

    it("keep one comment of a pull request up to date", async () => {
      const { project, credentials } = scene;
      const token = canary("token");
      await configure(token);
      github.comments.push({ ...post, body: "<!-- vcc review dev -->" });
      const review = async (environment = {}) => {
        const { code } = await step("review.yml", "Preview and report", environment);
        expect(await step("review.yml", "Comment", { NUMBER: "7" })).toEqual({
          code: 0,
          output: "",
        });
        return code;
      };
      expect(await review()).toBe(0);
      expect(github.comments).toHaveLength(2);
      expect(github.comments[1]?.body).toContain("unregistered");
      expect(github.comments[1]?.body).not.toContain("pulumi preview</summary>");

      project.write('throw new Error("broken by design");');
      expect(await review()).toBe(1);
      expect(github.comments).toHaveLength(2);
      expect(github.comments[1]?.body).toContain("could not look: the log of pulumi-vcc drift");
      expect(github.comments[1]?.body).not.toContain("broken by design");
      expect(await review({ DETAILS: "true" })).toBe(1);
      expect(github.comments[1]?.body).toMatch(
        /broken by design.*<summary>pulumi preview<\/summary>.*broken by design/s,
      );
      for (const form of [token, credentials.clientSecret].flatMap(formsOf)) {
        expect(JSON.stringify(github.comments)).not.toContain(form);
      }
    });

    it("open one issue, update it, and close it", async () => {
      const { project, emulator, credentials } = scene;
      await configure("first");
      github.issues.push({ ...post, body: "<!-- vcc drift dev -->" });
      const checkDrift = async () => {
        const { code } = await step("drift.yml", "Drift");
        const OUTCOME = code === 0 ? "success" : "failure";
        const DRIFTED = code === 1 ? "" : String(code === 2);
        const RUN = `https://github.localhost/run-${code}`;
        expect(await step("drift.yml", "Issue", { OUTCOME, DRIFTED, RUN })).toEqual({
          code: 0,
          output: "",
        });
        return code;
      };
      expect(await checkDrift()).toBe(2);
      expect(github.issues).toHaveLength(2);
      expect(github.issues[1]).toMatchObject({
        title: "VCC drift in stack dev",
        body: expect.stringMatching(/^<!-- vcc drift dev -->.*unregistered.*\/run-2/s),
      });

      project.write('throw new Error("broken");');
      expect(await checkDrift()).toBe(1);
      expect(github.issues).toHaveLength(2);
      expect(github.issues[1]).toMatchObject({
        state: "open",
        title: "VCC drift check of stack dev could not look",
        body: expect.stringMatching(/could not look: the log of pulumi-vcc drift.*\/run-1/s),
      });

      await configure("first");
      project.setEnvironment(environmentOf(emulator, credentials));
      await project.stack.up();
      expect(await checkDrift()).toBe(0);
      expect(await checkDrift()).toBe(0);
      expect(github.issues.map(({ state }) => state)).toEqual(["open", "closed"]);
      expect(github.comments).toMatchObject([
        { body: expect.stringContaining("Everything is as declared again") },
      ]);
    });

    it("open an issue even if the job failed before the drift check", async () => {
      expect(existsSync(join(scene.project.directory, "drift.md"))).toBe(false);
      const ended = await step("drift.yml", "Issue", {
        OUTCOME: "skipped",
        DRIFTED: "",
        RUN: "https://run",
      });
      expect(ended.code).toBe(0);
      expect(github.issues[0]?.body).toContain(
        "The drift check did not run: the job failed first.",
      );
    });
  });
});
