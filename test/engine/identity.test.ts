import { ComponentResource } from "@pulumi/pulumi";
import { startEmulator } from "../../emulator";
import { VccProvider } from "../../provider";
import { environmentOf, leastPowerful } from "../end-to-end/project";
import { declaring, registered } from "./programs";
import { engineScene } from "./scene";

describe("the engine", () => {
  const scene = engineScene();

  const names = () => scene.emulator.requests().flatMap(({ provider }) => provider ?? []);

  it("keeps the registration of a resource that is renamed", async () => {
    const { emulator, project } = scene;
    const { stack } = project;
    project.declare(declaring({}));
    await stack.up();
    project.declare(declaring({ name: "renamed" }));
    const { summary } = await stack.up();
    expect(summary.resourceChanges).toEqual({ same: 1, create: 1, delete: 1 });
    expect(emulator.registrations()).toEqual([registered]);
    expect(project.output()).toContain('"Crm" in emea is not reset');
  });

  it("resets a name before it registers one that differs only by case", async () => {
    const { emulator, project } = scene;
    project.declare(declaring({}));
    await project.stack.up();
    emulator.reset();
    project.declare(declaring({ provider: "CRM" }));
    await project.stack.up();
    expect(names()).toEqual(["Crm", "CRM"]);
  });

  it("leaves a registration unchanged in a region that the account has left", async () => {
    const { emulator, project, credentials } = scene;
    project.declare(declaring({}));
    await project.stack.up();
    emulator.reset();
    project.setEnvironment({ ...environmentOf(emulator, credentials), VCC_REGION: "nam" });
    const { summary } = await project.stack.up();
    expect(summary.resourceChanges).toEqual({ same: 1, replace: 1 });
    expect(names()).toEqual(["Crm"]);
    expect(project.output()).toContain('"Crm" in emea is not reset: this account is in nam');
  });

  it("sends nothing for a registration with retainOnDelete", async () => {
    const { emulator, project } = scene;
    project.declare(declaring({ options: { retainOnDelete: true } }));
    await project.stack.up();
    await project.stack.destroy();
    expect(names()).toEqual(["Crm"]);
    expect(emulator.registrations()).toEqual([registered]);
  });

  it("does not register changes that the program ignores", async () => {
    const { project } = scene;
    project.declare(declaring({ token: "first" }));
    await project.stack.up();
    for (const ignoreChanges of [["headers"], ["*"]]) {
      project.declare(declaring({ token: "second", options: { ignoreChanges } }));
      await project.stack.up({ expectNoChanges: true });
    }
    expect(names()).toEqual(["Crm"]);
  });

  it("keeps both registrations when two resources swap their names", async () => {
    const { emulator, project } = scene;
    const program = (first: string, second: string) =>
      declaring({ name: "first", provider: first }, { name: "second", provider: second });
    project.declare(program("A", "B"));
    await project.stack.up();
    project.declare(program("B", "A"));
    await project.stack.up();
    const held = emulator.registrations().toSorted((a, b) => (a.provider < b.provider ? -1 : 1));
    expect(held).toEqual(["A", "B"].map((provider) => ({ ...registered, provider })));
  });

  it("registers again at another account, and resets nothing at the wrong one", async () => {
    const { emulator, project, credentials } = scene;
    const client = { clientId: "other", clientSecret: "other-secret" };
    const other = await startEmulator(client);
    try {
      project.declare(declaring({}));
      await project.stack.up();
      project.setEnvironment(environmentOf(other, client));
      const preview = await project.stack.preview({ diff: true });
      expect(preview.changeSummary).toEqual({ same: 1, update: 1 });
      expect(preview.stdout).toContain("~ accountFingerprint: ");
      await project.stack.up();
      expect(other.registrations()).toEqual(emulator.registrations());
      expect(project.output()).toContain(
        "If that is a different account, the registration still exists there.",
      );

      project.setEnvironment(environmentOf(emulator, credentials));
      emulator.reset();
      await expect(project.stack.destroy()).rejects.toThrow(
        "another API client registered it, or this client through another URL",
      );
      expect(emulator.requests()).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it("accepts resources of one name under different parents, and a second run", async () => {
    const { emulator, project } = scene;
    project.declare(async () => {
      for (const team of ["sales", "service"]) {
        const parent = new ComponentResource(`test:index:${team}`, team);
        new VccProvider("crm", { provider: team, agentActionsPermitted: {} }, { parent });
      }
    });
    await project.stack.up();
    await project.stack.up({ expectNoChanges: true });
    expect(names().toSorted()).toEqual(["sales", "service"]);
    expect(emulator.registrations()).toHaveLength(2);
  });

  it("rejects two resources with the same name, even if a name is an output", async () => {
    const { emulator, project } = scene;
    project.declare(declaring({ name: "first" }, { name: "second", provider: "Crm" }));
    await expect(project.stack.preview()).rejects.toThrow();
    expect(project.output()).toMatch(
      /the resource "(first|second)" already declares "Crm"; VCC keeps one registration per name/,
    );
    expect(emulator.requests()).toEqual([]);
  });

  it("leaves only the reset registration of a destroyed stack", async () => {
    const { emulator, project } = scene;
    project.declare(declaring({ name: "first" }, { name: "second", provider: "Other" }));
    await project.stack.up();
    await project.stack.destroy();
    expect(
      emulator
        .registrations()
        .map(({ provider }) => provider)
        .toSorted(),
    ).toEqual(["Crm", "Other"]);
    for (const held of emulator.registrations()) expect(held).toEqual(leastPowerful(held.provider));
  });
});
