import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportedRegistration } from "../../cli/drift/report/report";
import { drift } from "../end-to-end/drift-reports";
import { environmentOf, sceneWith } from "../end-to-end/project";
import { parseReport } from "../report-formats";

// What only the real CLI can show: that it records what the classes are based on.

const program = (token: string) => `import { VccProvider } from "pulumi-vcc";
const agentActionsPermitted = {};
const endpoint = "https://crm.example.com/vcc";
const headers = { Authorization: "Bearer ${token}" };
new VccProvider("rotated", { provider: "Rotated", endpoint, headers, agentActionsPermitted }, { ignoreChanges: ["headers"] });
new VccProvider("plain", { provider: "Plain", agentActionsPermitted });`;

describe("what looked in sync", () => {
  const scene = sceneWith("tarball");

  async function inspect(...args: string[]) {
    const { stdout, code } = await drift(scene, ["--format", "json", ...args]);
    const report = parseReport(stdout);
    const [stack] = report.stacks;
    const byResource = Object.fromEntries(
      stack?.registrations.map((one): [string, ReportedRegistration] => [one.resource, one]) ?? [],
    );
    return { code, report, byResource };
  }

  /** The calendar does not turn for a test, nor does the clock: the state says what it was. */
  async function rewriteState(registeredAt: string, window: string) {
    const { stack } = scene.project;
    const state = await stack.exportStack();
    const text = JSON.stringify(state.deployment)
      .replaceAll(/"reassertWindow":"[^"]*"/g, `"reassertWindow":"${window}"`)
      .replaceAll(/"registeredAt":"[^"]*"/g, `"registeredAt":"${registeredAt}"`);
    await stack.importStack({ ...state, deployment: JSON.parse(text) });
  }

  it("is ignored, stale or in the future", async () => {
    const { project, emulator, credentials } = scene;
    project.write(program("old"));
    project.setEnvironment({ ...environmentOf(emulator, credentials), VCC_REASSERT_EVERY: "1d" });
    await project.stack.up();
    project.setEnvironment(environmentOf(emulator));
    project.write(program("new"));

    const today = await inspect();
    expect(today.code).toBe(0);
    expect(today.byResource).toMatchObject({
      rotated: { class: "ignored", ignored: ["headers"], fails: false },
      plain: { class: "in sync" },
    });
    expect(today.report.warnings).toEqual([expect.stringContaining("VCC_REASSERT_EVERY")]);

    await rewriteState("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z");
    expect((await inspect()).byResource.plain).toMatchObject({
      class: "stale",
      evidence: expect.stringContaining("for the window 2026-01-01T00:00:00Z of a reassertEvery"),
      repair: expect.stringMatching(/^pulumi up --stack dev --replace urn:/),
    });

    const nextYear = String(new Date().getFullYear() + 1);
    await rewriteState(`${nextYear}-12-31T00:00:00.000Z`, `${nextYear}-12-31T00:00:00Z`);
    const { byResource } = await inspect("--max-age", "30d");
    expect(byResource.plain).toMatchObject({
      class: "stale",
      ageS: 0,
      evidence: expect.stringContaining("in the future: check the clocks"),
    });
  });

  it("is not looked at without its configuration, which no look creates", async () => {
    const { project } = scene;
    const { directory, stack, write } = project;
    write(program("old"));
    await stack.up();
    const files = () => readdirSync(directory).filter((name) => name.startsWith("Pulumi."));
    expect(files()).toEqual(["Pulumi.dev.yaml", "Pulumi.yaml"]);
    writeFileSync(join(directory, "Pulumi.dev.yaml"), "config: {}\n");
    expect((await inspect()).report.stacks[0]?.error).toContain("names no secrets provider");
    rmSync(join(directory, "Pulumi.dev.yaml"));
    const { code, report } = await inspect();
    expect(code).toBe(1);
    expect(report.stacks[0]?.error).toMatch(/Pulumi\.dev\.yaml is missing; commit it/);
    expect(files()).toEqual(["Pulumi.yaml"]);
  });
});
