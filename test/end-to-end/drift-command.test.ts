import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentOf, example, sceneWith } from "./project";
import { canary, formsOf } from "./secrets";

describe("pulumi-vcc drift", () => {
  const scene = sceneWith("tarball");

  /** As a scheduled job runs it: with the user's Pulumi, and without credentials of VCC. */
  async function drift(args: string[] = [], environment: Record<string, string> = {}) {
    const { directory, stack } = scene.project;
    const program = join(directory, "node_modules/pulumi-vcc/dist/cli/main.js");
    const { VCC_CLIENT_ID, VCC_CLIENT_SECRET, ...env } = {
      ...process.env,
      ...stack.workspace.envVars,
      ...environmentOf(scene.emulator),
      ...environment,
    };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [program, "drift", ...args],
        { cwd: directory, env },
        (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  /** Both formats at once, and that no secret is in any of them. */
  async function classes(secrets: string[] = [], args: string[] = []) {
    const text = await drift(args);
    const json = await drift([...args, "--format", "json"]);
    expect(json.code).toBe(text.code);
    const report = JSON.parse(json.stdout);
    for (const { class: driftClass, changed } of report.registrations) {
      for (const word of [driftClass, ...changed]) expect(text.stdout).toContain(word);
    }
    for (const form of secrets.flatMap(formsOf)) {
      expect((text.stdout + text.stderr + json.stdout + json.stderr).includes(form)).toBe(false);
    }
    return {
      code: text.code,
      registrations: report.registrations.map(
        (registration: { provider: string; class: string; changed: string[] }) =>
          [registration.provider, registration.class, registration.changed] as const,
      ),
    };
  }

  it("tells pending, unregistered, orphaned and unknown from in sync", async () => {
    const { project, emulator, credentials } = scene;
    const { stack } = project;
    const [first, second] = [canary("first"), canary("second")];
    const secrets = [first, second, credentials.clientSecret];
    project.write(example("quickstart.ts"));
    await stack.setConfig("callbackToken", { value: first, secret: true });
    expect(await classes(secrets)).toEqual({
      code: 2,
      registrations: [["CrmIntegration", "unregistered", []]],
    });

    await stack.up();
    expect(await classes(secrets)).toEqual({
      code: 0,
      registrations: [["CrmIntegration", "in sync", []]],
    });

    await stack.setConfig("callbackToken", { value: second, secret: true });
    const pending = {
      code: 2,
      registrations: [
        ["CrmIntegration", "pending", ["headerFingerprints.Authorization", "headers"]],
      ],
    };
    expect(await classes(secrets)).toEqual(pending);
    expect(await classes(secrets, ["--fail-on", "stale,orphaned"])).toEqual({
      ...pending,
      code: 0,
    });

    await stack.up();
    project.write(example("quickstart.ts").replace("hold: true", "hold: false"));
    expect(await classes(secrets)).toEqual({
      code: 2,
      registrations: [["CrmIntegration", "pending", ["agentActionsPermitted.hold"]]],
    });

    project.write("export {};");
    expect(await classes(secrets)).toEqual({
      code: 2,
      registrations: [["CrmIntegration", "orphaned", []]],
    });

    project.write(example("quickstart.ts"));
    interruptUpdate(project.directory);
    expect(await classes(secrets)).toEqual({
      code: 2,
      registrations: [["CrmIntegration", "unknown", []]],
    });
    expect(emulator.registrations()).toHaveLength(1);
  });

  it("tells stale by the calendar and by age", async () => {
    const { project } = scene;
    const { stack } = project;
    project.write(example("reassert.ts"));
    await stack.up();
    const state = await stack.exportStack();
    const aged = JSON.stringify(state.deployment)
      .replaceAll(/"reassertWindow":"[^"]*"/g, '"reassertWindow":"2026-01-01"')
      .replaceAll(/"registeredAt":"[^"]*"/g, '"registeredAt":"2026-01-01T00:00:00.000Z"');
    await stack.importStack({ ...state, deployment: JSON.parse(aged) });
    const sorted = async (args: string[]) => {
      const { code, registrations } = await classes([], args);
      return { code, registrations: registrations.sort() };
    };
    expect(await sorted([])).toEqual({
      code: 2,
      registrations: [
        ["AsTheStackSays", "in sync", []],
        ["Daily", "stale", ["reassertWindow"]],
      ],
    });
    expect(await sorted(["--max-age", "1d"])).toEqual({
      code: 2,
      registrations: [
        ["AsTheStackSays", "stale", []],
        ["Daily", "stale", ["reassertWindow"]],
      ],
    });
  });

  it("says that it could not look, and never that there is no drift", async () => {
    const { project } = scene;
    const { stack, directory } = project;
    project.write(example("without-endpoint.ts"));
    await stack.up();
    const failures: Array<[string, { code: number; stdout: string; stderr: string }]> = [
      ["incorrect passphrase", await drift([], { PULUMI_CONFIG_PASSPHRASE: "wrong" })],
      ["no stack named 'other' found", await drift(["--stack", "other"])],
      ["does not exist", await drift(["--cwd", join(directory, "nowhere")])],
      ["no region: set vcc:region", await drift([], { VCC_REGION: "" })],
    ];
    mkdirSync(join(directory, "empty"));
    failures.push(["failed to find project settings", await drift(["--cwd", "empty"])]);
    writeFileSync(join(directory, "index.ts"), 'throw new Error("the program is broken");');
    failures.push(["the program is broken", await drift()]);
    failures.push(["known are pending, stale", await drift(["--fail-on", "nonsense"])]);
    failures.push(["Allowed choices are text, json", await drift(["--format", "xml"])]);
    for (const [reason, { code, stdout, stderr }] of failures) {
      expect(stderr).toContain(reason);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    }
  });
});

/** Leaves the state as a killed engine does; `pulumi stack import` would tidy it up. */
function interruptUpdate(directory: string) {
  const file = join(directory, "state/.pulumi/stacks/project/dev.json");
  const state = JSON.parse(readFileSync(file, "utf8"));
  const { latest } = state.checkpoint;
  latest.pending_operations = [{ resource: latest.resources.at(-1), type: "updating" }];
  writeFileSync(file, JSON.stringify(state));
}
