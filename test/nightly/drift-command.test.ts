import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  drift,
  expectFailureInAllFormats,
  expectInAllFormats,
  inspectInAllFormats,
  interruptUpdate,
  type Reports,
  runWithoutCredentials,
} from "../end-to-end/drift-reports";
import { environmentOf, example, leastPowerful, sceneWith } from "../end-to-end/project";
import { canary } from "../end-to-end/secrets";
import { startLossyGateway } from "../lossy-gateway";

const quickstart = example("quickstart.ts");
const line = 1 + quickstart.split("\n").findIndex((text) => text.includes("new VccProvider"));
const crm = { provider: "CrmIntegration", line };

describe("pulumi-vcc drift", () => {
  const scene = sceneWith("tarball");

  /** Registers the quickstart with a new token. */
  async function registered(): Promise<string> {
    const { project } = scene;
    const token = canary("token");
    project.write(quickstart);
    await project.stack.setConfig("callbackToken", { value: token, secret: true });
    await project.stack.up();
    return token;
  }

  it("reports an unchanged registration as in sync, but unverified", async () => {
    const token = await registered();
    const reports = await inspectInAllFormats(scene, [token]);
    expectInAllFormats(reports, { ...crm, class: "in sync", fails: false });
    expect(reports.stack.registrations[0]).toMatchObject({
      evidence: expect.stringMatching(/^registered 20/),
      ageS: expect.any(Number),
      repair: null,
    });
    expect(scene.emulator.registrations()).toHaveLength(1);
  });

  it("reports a header rotated only in the configuration as pending, by name", async () => {
    const token = await registered();
    const next = canary("next");
    await scene.project.stack.setConfig("callbackToken", { value: next, secret: true });
    const pending = { ...crm, class: "pending", changed: ["headers.Authorization"] };
    const reports = await inspectInAllFormats(scene, [token, next]);
    expectInAllFormats(reports, pending);
    expect(reports.stack.registrations[0]?.repair).toBe("pulumi up --stack dev");

    const lenient = await inspectInAllFormats(
      scene,
      [token, next],
      ["--fail-on", "stale,orphaned"],
    );
    expectInAllFormats(lenient, { ...pending, fails: false });

    await scene.project.stack.up();
    const repaired = await inspectInAllFormats(scene, [token, next], ["--refresh"]);
    expectInAllFormats(repaired, { ...crm, class: "in sync", fails: false });
  });

  it("reports a permission changed in the program as pending, at its line", async () => {
    const token = await registered();
    scene.project.write(`\n\n${quickstart.replace("hold: true", "hold: false")}`);
    expectInAllFormats(await inspectInAllFormats(scene, [token]), {
      ...crm,
      line: line + 2,
      class: "pending",
      changed: ["agentActionsPermitted.hold"],
    });
  });

  it("reports what was registered in an earlier window or too long ago as stale", async () => {
    const { project } = scene;
    const declare = (options: string) =>
      `import { VccProvider } from "pulumi-vcc";
new VccProvider("crm", { provider: "Crm", agentActionsPermitted: {}, ${options} });`;
    const stale = { provider: "Crm", line: 2, class: "stale" };
    project.write(declare('reassertEvery: "1d"'));
    await project.stack.up();
    await makeOld();
    expectInAllFormats(await inspectInAllFormats(scene), { ...stale, changed: ["reassertWindow"] });

    project.write(declare(""));
    await project.stack.up();
    await makeOld();
    expectInAllFormats(await inspectInAllFormats(scene), {
      ...stale,
      class: "in sync",
      fails: false,
    });
    const reports = await inspectInAllFormats(scene, [], ["--max-age", "30d"]);
    expectInAllFormats(reports, stale);
    expect(reports.stack.registrations[0]?.repair).toMatch(/^pulumi up --stack dev --replace urn:/);
  });

  /**
   * Edits the state, so that the registration dates from an earlier day and window.
   */
  async function makeOld() {
    const { stack } = scene.project;
    const state = await stack.exportStack();
    const aged = JSON.stringify(state.deployment)
      .replaceAll(/"reassertWindow":"[^"]*"/g, '"reassertWindow":"2026-01-01T00:00:00Z"')
      .replaceAll(/"registeredAt":"[^"]*"/g, '"registeredAt":"2026-01-01T00:00:00.000Z"');
    await stack.importStack({ ...state, deployment: JSON.parse(aged) });
  }

  it("reports what was never applied as unregistered", async () => {
    const { project } = scene;
    project.write(example("without-endpoint.ts"));
    const text = example("without-endpoint.ts").split("\n");
    const reports = await inspectInAllFormats(scene);
    expectInAllFormats(reports, {
      provider: reports.stack.registrations[0]?.provider ?? "",
      class: "unregistered",
      line: 1 + text.findIndex((candidate) => candidate.includes("VccProvider.fromSettings(")),
    });
    expect(reports.stack.registrations[0]?.evidence).toBe("declared only");
    expect(scene.emulator.requests()).toEqual([]);
  });

  it("reports what the program no longer declares as orphaned", async () => {
    const token = await registered();
    scene.project.write("export {};");
    expectInAllFormats(await inspectInAllFormats(scene, [token]), {
      ...crm,
      class: "orphaned",
      line: undefined,
    });
  });

  it("reports an interrupted update as unknown, with the command that repairs it", async () => {
    const token = await registered();
    interruptUpdate(scene.project, "updating");
    const reports = await inspectInAllFormats(scene, [token]);
    expectInAllFormats(reports, { ...crm, class: "unknown" });
    await repair(reports);
    expect(scene.emulator.requests().flatMap(({ provider }) => provider ?? [])).toEqual([
      "CrmIntegration",
    ]);
    expectInAllFormats(await inspectInAllFormats(scene, [token]), {
      ...crm,
      class: "in sync",
      fails: false,
    });
  });

  it("reports an interrupted creation as unknown, declared or not", async () => {
    const token = await registered();
    interruptUpdate(scene.project, "creating", { forget: true });
    scene.project.write("export {};");
    const undeclared = await inspectInAllFormats(scene, [token]);
    expectInAllFormats(undeclared, { ...crm, class: "unknown", line: undefined });
    expect(undeclared.stack.registrations[0]?.evidence).toBe(
      "interrupted while creating, no longer declared",
    );
    // Clearing it would only forget that VCC may hold the name.
    expect(undeclared.stack).toMatchObject({
      repair: null,
      registrations: [{ repair: null, advice: expect.stringMatching(/^declare it again, run/) }],
    });

    scene.project.write(quickstart);
    const declared = await inspectInAllFormats(scene, [token]);
    expectInAllFormats(declared, { ...crm, class: "unknown" });
    await repair(declared);
    const repaired = await inspectInAllFormats(scene, [token]);
    expectInAllFormats(repaired, { ...crm, class: "in sync", fails: false });
    scene.project.write("export {};");
    await scene.project.stack.up();
    expect(scene.emulator.registrations()).toEqual([leastPowerful("CrmIntegration")]);
  });

  /** Runs the repair command of the report without prompts. */
  async function repair({ stack }: Reports) {
    scene.emulator.reset();
    const command = stack.repair ?? "";
    const { code, stdout } = await runWithoutCredentials(scene, "sh", ["-c", command], {
      ...environmentOf(scene.emulator, scene.credentials),
      PULUMI_SKIP_CONFIRMATIONS: "true",
    });
    expect({ code, stdout }).toMatchObject({ code: 0 });
  }

  it("reports what was replaced but could not be reset as orphaned", async () => {
    const { project, emulator } = scene;
    const gateway = await startLossyGateway(emulator, (name) => name === "CrmIntegration");
    gateway.lossy = false;
    project.setEnvironment({
      ...environmentOf(emulator, scene.credentials),
      VCC_API_URL: gateway.apiUrl,
    });
    const token = await registered();
    gateway.lossy = true;
    project.write(quickstart.replace("CrmIntegration", "Renamed"));
    await expect(project.stack.up()).rejects.toThrow();
    gateway.close();
    const { code, stack } = await inspectInAllFormats(scene, [token], [], {
      VCC_API_URL: gateway.apiUrl,
    });
    expect(code).toBe(2);
    expect(stack.registrations.map((one) => [one.provider, one.class])).toEqual([
      ["CrmIntegration", "orphaned"],
      ["Renamed", "in sync"],
    ]);
  });

  it("fails with a wrong passphrase", async () => {
    const token = await registered();
    const wrong = canary("wrong");
    expectFailureInAllFormats(
      await inspectInAllFormats(scene, [token, wrong], [], { PULUMI_CONFIG_PASSPHRASE: wrong }),
      "getting stack configuration: get stack secrets manager: incorrect passphrase; set PULUMI_CONFIG_PASSPHRASE",
      ["CrmIntegration"],
    );
  });

  it("fails on a locked stack", async () => {
    const { project } = scene;
    const token = await registered();
    const blocker = join(project.directory, "blocker");
    writeFileSync(blocker, "");
    project.write(`import { existsSync } from "node:fs";
console.error("updating");
const wait = async () => {
  while (existsSync(${JSON.stringify(blocker)})) await new Promise((done) => setTimeout(done, 50));
};
export const done = wait();
${quickstart}`);
    let updating = () => {};
    const begun = new Promise<void>((resolve) => {
      updating = resolve;
    });
    const update = project.stack.up({
      onEvent: ({ diagnosticEvent }) => {
        if (diagnosticEvent?.message.includes("updating")) updating();
      },
    });
    try {
      await begun;
      expectFailureInAllFormats(
        await inspectInAllFormats(scene, [token]),
        "the stack is locked by ",
      );
    } finally {
      rmSync(blocker);
      await update;
    }
  });

  it("fails if the program throws, without revealing a secret in the error", async () => {
    const token = await registered();
    scene.project.write(`import * as pulumi from "@pulumi/pulumi";
new pulumi.Config().requireSecret("callbackToken").apply((token) => {
  throw new Error(\`broken with \${token}\`);
});`);
    expectFailureInAllFormats(await inspectInAllFormats(scene, [token]), "Running program", [
      "CrmIntegration",
    ]);
  });

  it("explains why it failed, and what to do next", async () => {
    const { project } = scene;
    const { stack, directory } = project;
    project.write("export {};");
    const empty = join(directory, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "Pulumi.yaml"), "name: project\nruntime: python\n");
    const failures: Array<[string, Promise<{ code: number; stdout: string; stderr: string }>]> = [
      ["no stack named 'other' found; `pulumi stack ls` lists", drift(scene, ["--stack", "other"])],
      ["is not a readable directory (ENOENT)", drift(scene, ["--cwd", join(directory, "no")])],
      ["no Pulumi.yaml in /tmp or above", drift(scene, ["--cwd", "/tmp"])],
      ["VccProvider works in Node.js projects only", drift(scene, ["-C", empty, "-s", "dev"])],
      ["pulumi is not on the PATH; install it", drift(scene, [], { PATH: "" })],
      ["Allowed choices are ignored, pending", drift(scene, ["--fail-on", "nonsense"])],
      ["Allowed choices are text, json, junit", drift(scene, ["--format", "xml"])],
      ["expected a duration like", drift(scene, ["--max-age", "soon"])],
      ["each --output must follow its own --format", drift(scene, ["--output", "x"])],
      [
        "another --format already writes to this file",
        drift(scene, ["-f", "json", "-o", "x", "-f", "junit", "-o", "./x"]),
      ],
      ["it must not be empty", drift(scene, ["--stack", ""])],
      ["json and junit cannot share standard output", drift(scene, ["-f", "json", "-f", "junit"])],
    ];
    for (const [reason, failure] of failures) {
      const { code, stdout, stderr } = await failure;
      expect(stderr).toContain(reason);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    }
    project.write(quickstart);
    await stack.setConfig("callbackToken", { value: "token", secret: true });
    const { code, stderr } = await drift(scene, [], { VCC_REGION: "" });
    expect(stderr).toContain("has a problem: vcc:region (or VCC_REGION) is required");
    expect(code).toBe(1);
  });

  it("fails if a report cannot be written, and writes the others", async () => {
    await registered();
    const { directory } = scene.project;
    writeFileSync(join(directory, "before.json"), "before");
    const { code, stdout, stderr } = await drift(scene, [
      ...["--format", "json", "--output", "no/drift.json"],
      ...["--format", "markdown", "--output", "drift.md"],
      ...["--format", "text"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toBe("error: cannot write no/drift.json (ENOENT); choose another --output\n");
    expect(stdout).toContain("1 registration as declared");
    expect(readFileSync(join(directory, "drift.md"), "utf8")).toContain(
      "1 registration as declared",
    );
  });

  it("inspects another stack from a subdirectory, without selecting it", async () => {
    const { project } = scene;
    const { stack, directory } = project;
    await registered();
    await stack.workspace.createStack("other");
    await stack.workspace.setConfig("other", "callbackToken", { value: "x", secret: true });
    await stack.workspace.selectStack("dev");
    const below = join(directory, "src");
    mkdirSync(below);
    const { code, stdout } = await drift(scene, ["--stack", "other", "-C", below, "-f", "json"]);
    expect(code).toBe(2);
    const [registration] = JSON.parse(stdout).stacks[0].registrations;
    expect(registration).toMatchObject({
      class: "unregistered",
      repair: `pulumi up --cwd ${below} --stack other`,
      location: { file: "index.ts" },
    });
    expect((await stack.workspace.stack())?.name).toBe("dev");
  });
});
