import type { FaultRule } from "../../emulator";
import { leastPowerful } from "../end-to-end/project";
import { startLossyGateway } from "../lossy-gateway";
import { declaring } from "./programs";
import { engineScene } from "./scene";

const always = 1000;
const lost: FaultRule = { target: "register", times: always, fault: { kind: "lost-response" } };

const pages: FaultRule = {
  target: "register",
  times: always,
  fault: { kind: "html", status: 200 },
};

const failed = (operation: Promise<unknown>) =>
  operation.then(
    () => false,
    () => true,
  );

describe("after a fault has ended, the engine", () => {
  const scene = engineScene();
  beforeEach(() => {
    const { project } = scene;
    // Otherwise, retries take most of the time.
    project.setEnvironment({ ...project.stack.workspace.envVars, VCC_DEADLINE: "2s" });
  });

  async function up(token: string) {
    scene.project.declare(declaring({ token }));
    return scene.project.stack.up();
  }

  const held = () => scene.emulator.registrations().map(({ headers }) => headers?.Authorization);

  it.each<[string, FaultRule[], { fails: boolean }]>([
    ["a lost acknowledgement", [lost], { fails: true }],
    [
      "error pages of a gateway",
      [{ target: "any", times: always, fault: { kind: "html", status: 502, bytes: 100_000 } }],
      { fails: true },
    ],
    ["web pages of a proxy with status 200", [pages], { fails: true }],
    [
      "a token revoked mid-run",
      [{ target: "register", fault: { kind: "revoke-token" } }],
      { fails: false },
    ],
  ])("converges with one up: %s", async (_name, rules, { fails }) => {
    const { project, emulator } = scene;
    for (const token of ["first", "second"]) {
      for (const rule of rules) emulator.fail(rule);
      expect(await failed(up(token))).toBe(fails);
      emulator.clearFaults();
      await up(token);
      expect(held()).toEqual([`Bearer ${token}`]);
      await project.stack.preview({ expectNoChanges: true });
    }
  });

  it.each([
    ["a lost acknowledgement", lost],
    ["web pages of a proxy with status 200", pages],
  ])("converges with one destroy after %s", async (_name, rule) => {
    const { project, emulator } = scene;
    await up("first");
    emulator.fail(rule);
    expect(await failed(project.stack.destroy())).toBe(true);
    emulator.clearFaults();
    await project.stack.destroy();
    expect(emulator.registrations()).toEqual([leastPowerful("Crm")]);
    expect((await project.stack.exportStack()).deployment.resources ?? []).toEqual([]);
  });

  it("registers again what VCC may hold, whatever the program declares by then", async () => {
    const { project, emulator } = scene;
    const { stack } = project;
    const gateway = await startLossyGateway(emulator);
    project.setEnvironment({ ...stack.workspace.envVars, VCC_API_URL: gateway.apiUrl });
    gateway.lossy = false;
    try {
      await up("first");
      gateway.lossy = true;
      await expect(up("second")).rejects.toThrow("VCC may still have accepted the registration");
      expect(held()).toEqual(["Bearer second"]);
      // Reverted: VCC holds something other than the program declares.
      gateway.lossy = false;
      project.declare(declaring({ token: "first" }));
      await expect(stack.preview({ expectNoChanges: true })).rejects.toThrow();
      await stack.refresh();
      await expect(stack.preview({ expectNoChanges: true })).rejects.toThrow();
      await stack.up();
      expect(held()).toEqual(["Bearer first"]);
      await stack.up({ expectNoChanges: true });
    } finally {
      gateway.close();
    }
  });
});
