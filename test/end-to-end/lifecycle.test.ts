import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentOf, example, leastPowerful, sceneWith } from "./project";
import { canary, fingerprintKeys, formsOf } from "./secrets";

describe("pulumi, with the packed package,", () => {
  const scene = sceneWith("tarball");

  it("creates, updates, replaces and destroys a registration, and shows no secret", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    const [first, second] = [canary("first"), canary("second")];
    project.write(example("quickstart.ts"));

    await stack.setConfig("callbackToken", { value: first, secret: true });
    await stack.up();
    const registration = {
      provider: "CrmIntegration",
      endpoint: "https://crm.example.com/vcc",
      headers: { Authorization: `Bearer ${first}`, "X-Tenant": "acme" },
      agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
    };
    expect(emulator.registrations()).toEqual([registration]);
    const keys = await fingerprintKeys(stack);
    expect(keys).toHaveLength(1);

    // Without credentials, which are needed only to register.
    project.setEnvironment(environmentOf(emulator));
    emulator.reset();
    await stack.up({ expectNoChanges: true });
    await stack.refresh({ expectNoChanges: true });

    await stack.setConfig("callbackToken", { value: second, secret: true });
    const preview = await stack.preview({ diff: true });
    expect(preview.changeSummary).toEqual({ same: 1, update: 1 });
    expect(preview.stdout).toMatch(/~ Authorization: "[0-9a-f]{12}" => "[0-9a-f]{12}"/);
    expect(preview.stdout).toContain("[secret] => [secret]");
    expect(preview.stdout).not.toContain("X-Tenant");
    expect(emulator.requests()).toEqual([]);

    project.setEnvironment(environmentOf(emulator, credentials));
    const update = await stack.up();
    expect(update.summary.resourceChanges).toEqual({ same: 1, update: 1 });
    registration.headers.Authorization = `Bearer ${second}`;
    expect(emulator.registrations()).toEqual([registration]);

    project.write(example("quickstart.ts").replace("CrmIntegration", "CrmIntegrationV2"));
    const replacement = await stack.up();
    expect(replacement.summary.resourceChanges).toEqual({ same: 1, replace: 1 });
    expect(emulator.registrations()).toEqual([
      leastPowerful("CrmIntegration"),
      { ...registration, provider: "CrmIntegrationV2" },
    ]);
    expect(replacement.stdout).toContain('"CrmIntegration" in emea is reset');

    keys.push(...(await fingerprintKeys(stack)));
    await stack.destroy();
    expect(emulator.registrations()).toEqual([
      leastPowerful("CrmIntegration"),
      leastPowerful("CrmIntegrationV2"),
    ]);

    const seen = project.state() + project.output();
    for (const secret of [first, second, credentials.clientSecret, ...keys].flatMap(formsOf)) {
      expect(seen.includes(secret)).toBe(false);
    }
    expect(seen).not.toContain("emulator-token-");
    expect(seen).toContain("X-Tenant");
  });
});

describe("pulumi, after an upgrade of the package,", () => {
  const scene = sceneWith("tarball");

  it("finds no changes, and destroys with the new code", async () => {
    const { emulator, project } = scene;
    const { stack, directory } = project;
    project.write(example("without-endpoint.ts"));
    await stack.up();

    const installed = join(directory, "node_modules/pulumi-vcc");
    const upgraded = join(directory, "upgraded");
    cpSync(installed, upgraded, { recursive: true });
    rmSync(installed, { recursive: true });
    const provider = join(upgraded, "dist/provider/dynamic.js");
    const code = readFileSync(provider, "utf8");
    expect(code).toContain(" is reset: ");
    writeFileSync(provider, code.replaceAll(" is reset: ", " is reset by the new code: "));

    // Without the package, destroy fails instead of only appearing to succeed.
    await expect(stack.destroy()).rejects.toThrow();
    expect(project.output()).toContain(`Install pulumi-vcc in ${directory}. Cannot find module`);

    cpSync(upgraded, installed, { recursive: true });
    await stack.up({ expectNoChanges: true });
    const { stdout } = await stack.destroy();
    expect(stdout).toContain('"TestProviderName" in emea is reset by the new code');
    expect(emulator.registrations()).toEqual([leastPowerful("TestProviderName")]);
  });
});
