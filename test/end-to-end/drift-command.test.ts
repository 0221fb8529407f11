import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLossyGateway } from "../lossy-gateway";
import {
  drift,
  expectAllToSay,
  expectAllToSayNothing,
  lookInAllFormats,
  type Reports,
  runWithoutCredentials,
} from "./drift-reports";
import { environmentOf, example, sceneWith } from "./project";
import { canary } from "./secrets";

const quickstart = example("quickstart.ts");
const line = 1 + quickstart.split("\n").findIndex((text) => text.includes("new VccProvider"));
const crm = { provider: "CrmIntegration", line };

describe("pulumi-vcc drift", () => {
  const scene = sceneWith("tarball");

  /** The quickstart, registered with a token of its own. */
  async function registered(): Promise<string> {
    const { project } = scene;
    const token = canary("token");
    project.write(quickstart);
    await project.stack.setConfig("callbackToken", { value: token, secret: true });
    await project.stack.up();
    return token;
  }

  it("calls in sync what is as declared, and says that nobody verified it", async () => {
    const token = await registered();
    const reports = await lookInAllFormats(scene, [token]);
    expectAllToSay(reports, { ...crm, class: "in sync", fails: false });
    expect(reports.json.registrations[0]).toMatchObject({
      evidence: expect.stringMatching(/^registered 20/),
      ageS: expect.any(Number),
      repair: null,
    });
    expect(scene.emulator.registrations()).toHaveLength(1);
  });

  it("calls pending a header that is rotated in the configuration only, and names it", async () => {
    const token = await registered();
    const next = canary("next");
    await scene.project.stack.setConfig("callbackToken", { value: next, secret: true });
    const pending = { ...crm, class: "pending", changed: ["headers.Authorization"] };
    const reports = await lookInAllFormats(scene, [token, next]);
    expectAllToSay(reports, pending);
    expect(reports.json.registrations[0]?.repair).toBe("pulumi up --stack dev");

    const lenient = await lookInAllFormats(scene, [token, next], ["--fail-on", "stale,orphaned"]);
    expectAllToSay(lenient, { ...pending, fails: false });

    await scene.project.stack.up();
    const repaired = await lookInAllFormats(scene, [token, next], ["--refresh"]);
    expectAllToSay(repaired, { ...crm, class: "in sync", fails: false });
  });

  it("calls pending a permission that is changed in the program, at its line", async () => {
    const token = await registered();
    scene.project.write(`\n\n${quickstart.replace("hold: true", "hold: false")}`);
    expectAllToSay(await lookInAllFormats(scene, [token]), {
      ...crm,
      line: line + 2,
      class: "pending",
      changed: ["agentActionsPermitted.hold"],
    });
  });

  it("calls stale what was registered in an earlier window, or too long ago", async () => {
    const { project } = scene;
    const declare = (options: string) =>
      `import { VccProvider } from "pulumi-vcc";
new VccProvider("crm", { provider: "Crm", agentActionsPermitted: {}, ${options} });`;
    const stale = { provider: "Crm", line: 2, class: "stale" };
    project.write(declare('reassertEvery: "1d"'));
    await project.stack.up();
    await makeOld();
    expectAllToSay(await lookInAllFormats(scene), { ...stale, changed: ["reassertWindow"] });

    project.write(declare(""));
    await project.stack.up();
    await makeOld();
    expectAllToSay(await lookInAllFormats(scene), { ...stale, class: "in sync", fails: false });
    const reports = await lookInAllFormats(scene, [], ["--max-age", "30d"]);
    expectAllToSay(reports, stale);
    expect(reports.json.registrations[0]?.repair).toMatch(/^pulumi up --stack dev --replace urn:/);
  });

  /**
   * The calendar does not turn for a test: the state says that it was registered on another day.
   */
  async function makeOld() {
    const { stack } = scene.project;
    const state = await stack.exportStack();
    const aged = JSON.stringify(state.deployment)
      .replaceAll(/"reassertWindow":"[^"]*"/g, '"reassertWindow":"2026-01-01"')
      .replaceAll(/"registeredAt":"[^"]*"/g, '"registeredAt":"2026-01-01T00:00:00.000Z"');
    await stack.importStack({ ...state, deployment: JSON.parse(aged) });
  }

  it("calls unregistered what was never applied", async () => {
    const { project } = scene;
    project.write(example("without-endpoint.ts"));
    const text = example("without-endpoint.ts").split("\n");
    const reports = await lookInAllFormats(scene);
    expectAllToSay(reports, {
      provider: reports.json.registrations[0]?.provider ?? "",
      class: "unregistered",
      line: 1 + text.findIndex((candidate) => candidate.includes("VccProvider.fromSettings(")),
    });
    expect(reports.json.registrations[0]?.evidence).toBe("declared only");
    expect(scene.emulator.requests()).toEqual([]);
  });

  it("calls orphaned what the program no longer declares", async () => {
    const token = await registered();
    scene.project.write("export {};");
    expectAllToSay(await lookInAllFormats(scene, [token]), {
      ...crm,
      class: "orphaned",
      file: "Pulumi.yaml",
      line: 1,
    });
  });

  it("calls unknown what an interrupted update may have changed, and knows how to repair it", async () => {
    const token = await registered();
    interruptUpdate("updating");
    const reports = await lookInAllFormats(scene, [token]);
    expectAllToSay(reports, { ...crm, class: "unknown" });
    await repair(reports);
    expect(scene.emulator.requests().flatMap(({ provider }) => provider ?? [])).toEqual([
      "CrmIntegration",
    ]);
    expectAllToSay(await lookInAllFormats(scene, [token]), {
      ...crm,
      class: "in sync",
      fails: false,
    });
  });

  it("calls unknown what an interrupted update may have created, declared or not", async () => {
    const token = await registered();
    interruptUpdate("creating", { forget: true });
    scene.project.write("export {};");
    const undeclared = await lookInAllFormats(scene, [token]);
    expectAllToSay(undeclared, { ...crm, class: "unknown", file: "Pulumi.yaml", line: 1 });
    expect(undeclared.json.registrations[0]?.evidence).toBe(
      "creating was interrupted, and the program no longer declares it",
    );

    scene.project.write(quickstart);
    const declared = await lookInAllFormats(scene, [token]);
    expectAllToSay(declared, { ...crm, class: "unknown" });
    await repair(declared);
    const repaired = await lookInAllFormats(scene, [token]);
    expectAllToSay(repaired, { ...crm, class: "in sync", fails: false });
  });

  /** Runs what the report says, as a person would who is not asked back. */
  async function repair({ json }: Reports) {
    scene.emulator.reset();
    const command = json.registrations[0]?.repair ?? "";
    const { code, stdout } = await runWithoutCredentials(scene, "sh", ["-c", command], {
      ...environmentOf(scene.emulator, scene.credentials),
      PULUMI_SKIP_CONFIRMATIONS: "true",
    });
    expect({ code, stdout }).toMatchObject({ code: 0 });
  }

  it("calls orphaned what was replaced and could not be reset", async () => {
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
    const { code, json } = await lookInAllFormats(scene, [token], [], {
      VCC_API_URL: gateway.apiUrl,
    });
    expect(code).toBe(2);
    expect(json.registrations.map((one) => [one.provider, one.class])).toEqual([
      ["CrmIntegration", "orphaned"],
      ["Renamed", "in sync"],
    ]);
  });

  /** Leaves the state as a killed engine does; `pulumi stack import` would tidy it up. */
  function interruptUpdate(type: string, { forget = false } = {}) {
    const file = join(scene.project.directory, "state/.pulumi/stacks/project/dev.json");
    const state = JSON.parse(readFileSync(file, "utf8"));
    const { latest } = state.checkpoint;
    latest.pending_operations = [{ resource: latest.resources.at(-1), type }];
    if (forget) latest.resources.pop();
    writeFileSync(file, JSON.stringify(state));
  }

  it("says nothing with a wrong passphrase", async () => {
    const token = await registered();
    const wrong = canary("wrong");
    expectAllToSayNothing(
      await lookInAllFormats(scene, [token, wrong], [], { PULUMI_CONFIG_PASSPHRASE: wrong }),
      "getting stack configuration: get stack secrets manager: incorrect passphrase; set PULUMI_CONFIG_PASSPHRASE",
    );
  });

  it("says nothing of a stack that is locked", async () => {
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
      expectAllToSayNothing(await lookInAllFormats(scene, [token]), "the stack is locked by ");
    } finally {
      rmSync(blocker);
      await update;
    }
  });

  it("says nothing when the program throws, not even the secrets that it throws", async () => {
    const token = await registered();
    scene.project.write(`import * as pulumi from "@pulumi/pulumi";
new pulumi.Config().requireSecret("callbackToken").apply((token) => {
  throw new Error(\`broken with \${token}\`);
});`);
    expectAllToSayNothing(await lookInAllFormats(scene, [token]), "Running program");
  });

  it("says in a sentence why it could not look, and what to do", async () => {
    const { project } = scene;
    const { stack, directory } = project;
    project.write("export {};");
    const empty = join(directory, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "Pulumi.yaml"), "name: project\nruntime: python\n");
    const failures: Array<[string, Promise<{ code: number; stdout: string; stderr: string }>]> = [
      ["project/dev holds and declares no VccProvider; give the stack that does", drift(scene, [])],
      ["no stack named 'other' found; see `pulumi stack ls`", drift(scene, ["--stack", "other"])],
      ["is no directory that can be read (ENOENT)", drift(scene, ["--cwd", join(directory, "no")])],
      ["there is no Pulumi.yaml in /tmp or above", drift(scene, ["--cwd", "/tmp"])],
      ["only programs for Node.js declare a VccProvider", drift(scene, ["-C", empty, "-s", "dev"])],
      ["there is no pulumi on the PATH; install it", drift(scene, [], { PATH: "" })],
      ["known are pending, stale", drift(scene, ["--fail-on", "nonsense"])],
      ["known are text, json, junit", drift(scene, ["--format", "xml"])],
      ["a duration is like", drift(scene, ["--max-age", "soon"])],
      ["give the --format of its own before it", drift(scene, ["--output", "x"])],
      [
        "another --format goes there already",
        drift(scene, ["-f", "json", "-o", "x", "-f", "sarif", "-o", "./x"]),
      ],
      ["it is empty", drift(scene, ["--stack", ""])],
      ["json and sarif cannot share standard output", drift(scene, ["-f", "json", "-f", "sarif"])],
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

  it("fails when a report cannot be written, and writes the others", async () => {
    await registered();
    const { directory } = scene.project;
    writeFileSync(join(directory, "before.json"), "before");
    const { code, stdout, stderr } = await drift(scene, [
      ...["--format", "json", "--output", "no/drift.json"],
      ...["--format", "markdown", "--output", "drift.md"],
      ...["--format", "text"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toBe("error: cannot write no/drift.json (ENOENT); give another --output\n");
    expect(stdout).toContain("1 registration as declared");
    expect(readFileSync(join(directory, "drift.md"), "utf8")).toContain(
      "1 registration as declared",
    );
  });

  it("looks at another stack, from a folder of the project, and selects nothing", async () => {
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
    const [registration] = JSON.parse(stdout).registrations;
    expect(registration).toMatchObject({
      class: "unregistered",
      repair: `pulumi up --cwd ${below} --stack other`,
      location: { file: "index.ts" },
    });
    expect((await stack.workspace.stack())?.name).toBe("dev");
  });
});
