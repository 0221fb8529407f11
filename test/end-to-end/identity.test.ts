import { environmentOf, example, installations, sceneWith } from "./project";

describe.each(installations)("pulumi, with the package from a %s,", (installation) => {
  const scene = sceneWith(installation);

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
    expect(stdout).toContain('"TestProviderName" in emea is left as it is');
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

  it("leaves a registration in a region that the account has left", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    project.write(example("without-endpoint.ts"));
    await stack.up();
    emulator.reset();
    project.setEnvironment({ ...environmentOf(emulator, credentials), VCC_REGION: "nam" });
    const { summary, stdout } = await stack.up();
    expect(summary.resourceChanges).toEqual({ same: 1, replace: 1 });
    expect(registerRequests()).toBe(1);
    expect(stdout).toContain('"TestProviderName" stays registered in emea');
  });

  it("sends nothing for a registration that is to be retained", async () => {
    const { emulator, project } = scene;
    const { stack } = project;
    project.write(example("without-endpoint.ts").replace("});", "}, { retainOnDelete: true });"));
    await stack.up();
    const registrations = emulator.registrations();
    await stack.destroy();
    expect(registerRequests()).toBe(1);
    expect(emulator.registrations()).toEqual(registrations);
  });

  it("leaves alone what the program says to ignore", async () => {
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
});
