import { startEmulator } from "../../emulator";
import { environmentOf, example, sceneWith } from "../end-to-end/project";

describe("pulumi", () => {
  const scene = sceneWith("tarball");

  const registerRequests = () =>
    scene.emulator.requests().filter(({ path }) => path === "/interactions/Register").length;

  it("keeps the registration of a resource that is renamed", async () => {
    const { emulator, project } = scene;
    const { stack } = project;
    project.write(example("without-endpoint.ts"));
    await stack.up();
    const registrations = emulator.registrations();
    project.write(example("without-endpoint.ts").replace('"test"', '"renamed"'));
    const { summary, stdout } = await stack.up();
    expect(summary.resourceChanges).toEqual({ same: 1, create: 1, delete: 1 });
    expect(emulator.registrations()).toEqual(registrations);
    expect(stdout).toContain('"TestProviderName" in emea is left unchanged');
  });

  it("resets a name before it registers one that differs only by case", async () => {
    const { emulator, project } = scene;
    const { stack } = project;
    project.write(example("without-endpoint.ts"));
    await stack.up();
    emulator.reset();
    project.write(example("without-endpoint.ts").replace("TestProviderName", "TESTPROVIDERNAME"));
    await stack.up();
    const registered = emulator.requests().flatMap(({ provider }) => provider ?? []);
    expect(registered).toEqual(["TestProviderName", "TESTPROVIDERNAME"]);
  });

  it("leaves a registration unchanged in a region that the account has left", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    project.write(example("without-endpoint.ts"));
    await stack.up();
    emulator.reset();
    project.setEnvironment({ ...environmentOf(emulator, credentials), VCC_REGION: "nam" });
    const { summary, stdout } = await stack.up();
    expect(summary.resourceChanges).toEqual({ same: 1, replace: 1 });
    expect(registerRequests()).toBe(1);
    expect(stdout).toContain(
      '"TestProviderName" in emea is left unchanged: this account is in nam',
    );
  });

  it("sends nothing for a registration with retainOnDelete", async () => {
    const { emulator, project } = scene;
    const { stack } = project;
    project.write(example("without-endpoint.ts").replace("});", "}, { retainOnDelete: true });"));
    await stack.up();
    const registrations = emulator.registrations();
    await stack.destroy();
    expect(registerRequests()).toBe(1);
    expect(emulator.registrations()).toEqual(registrations);
  });

  it("does not register changes that the program ignores", async () => {
    const { emulator, project } = scene;
    const program = (options: string) =>
      example("quickstart.ts").replace("hold: true },\n});", `hold: true },\n}, ${options});`);
    project.write(program("{}"));
    await project.stack.setConfig("callbackToken", { value: "first", secret: true });
    await project.stack.up();
    await project.stack.setConfig("callbackToken", { value: "second", secret: true });
    for (const ignored of ['["headers"]', '["*"]']) {
      project.write(program(`{ ignoreChanges: ${ignored} }`));
      await project.stack.up({ expectNoChanges: true });
    }
    expect(registerRequests()).toBe(1);
    expect(emulator.registrations()).toMatchObject([
      { headers: { Authorization: "Bearer first" } },
    ]);
  });

  it("keeps both registrations when two resources swap their names", async () => {
    const { emulator, project } = scene;
    const program = (first: string, second: string) => `
      import { VccProvider } from "pulumi-vcc";
      new VccProvider("first", { provider: "${first}", agentActionsPermitted: { hold: 1 } });
      new VccProvider("second", { provider: "${second}", agentActionsPermitted: { hold: 1 } });
    `;
    project.write(program("A", "B"));
    await project.stack.up();
    project.write(program("B", "A"));
    await project.stack.up();
    const permissions = emulator
      .registrations()
      .map(({ provider, agentactionspermitted }) => [provider, agentactionspermitted?.hold]);
    expect(permissions.sort()).toEqual([
      ["A", 1],
      ["B", 1],
    ]);
  });

  it("registers again at another account, and resets nothing at the wrong one", async () => {
    const { emulator, project, credentials } = scene;
    const other = await startEmulator({ clientId: "other", clientSecret: "other-secret" });
    const environment = environmentOf(other, { clientId: "other", clientSecret: "other-secret" });
    try {
      project.write(example("without-endpoint.ts"));
      await project.stack.up();
      project.setEnvironment(environment);
      const preview = await project.stack.preview({ diff: true });
      expect(preview.changeSummary).toEqual({ same: 1, update: 1 });
      expect(preview.stdout).toContain("~ accountFingerprint: ");
      const { stdout } = await project.stack.up();
      expect(other.registrations()).toEqual(emulator.registrations());
      expect(stdout).toContain(
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
});
