import * as pulumi from "@pulumi/pulumi";
import { bearer, VccProvider } from "../../provider";
import { environmentOf, leastPowerful } from "../end-to-end/project";
import { canary, fingerprintKeys, formsOf } from "../end-to-end/secrets";
import { engineScene } from "./scene";

const crm = (provider: string) => async () => {
  new VccProvider("crm", {
    provider,
    endpoint: "https://crm.example.com/vcc",
    headers: {
      Authorization: bearer(new pulumi.Config().requireSecret("callbackToken")),
      "X-Tenant": "acme",
    },
    agentActionsPermitted: { release: true, hold: true },
  });
};

describe("the engine", () => {
  const scene = engineScene();

  it("creates, updates, replaces and destroys a registration, and shows no secret", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    const [first, second] = [canary("first"), canary("second")];
    project.declare(crm("Crm"));

    await stack.setConfig("callbackToken", { value: first, secret: true });
    await stack.up();
    const registration = {
      provider: "Crm",
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

    project.declare(crm("CrmV2"));
    const replacement = await stack.up();
    expect(replacement.summary.resourceChanges).toEqual({ same: 1, replace: 1 });
    expect(emulator.registrations()).toEqual([
      leastPowerful("Crm"),
      { ...registration, provider: "CrmV2" },
    ]);
    expect(project.output()).toContain('"Crm" in emea is reset');

    keys.push(...(await fingerprintKeys(stack)));
    await stack.destroy();
    expect(emulator.registrations()).toEqual([leastPowerful("Crm"), leastPowerful("CrmV2")]);

    const seen = project.state() + project.output();
    for (const secret of [first, second, credentials.clientSecret, ...keys].flatMap(formsOf)) {
      expect(seen.includes(secret)).toBe(false);
    }
    expect(seen).not.toContain("emulator-token-");
    expect(seen).toContain("X-Tenant");
  });
});
