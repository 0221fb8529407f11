import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentOf, leastPowerful } from "../end-to-end/project";
import { canary, fingerprintKeys, formsOf } from "../end-to-end/secrets";
import { declaring, registered } from "./programs";
import { engineScene } from "./scene";

describe("the engine", () => {
  const scene = engineScene();

  it("creates, updates, replaces and destroys a registration, and shows no secret", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    const [first, second] = [canary("first"), canary("second")];
    const heldWith = (token: string, provider = "Crm") => ({
      ...registered,
      provider,
      headers: { ...registered.headers, Authorization: `Bearer ${token}` },
    });
    project.declare(declaring({ token: first }));
    await stack.up();
    expect(emulator.registrations()).toEqual([heldWith(first)]);
    const keys = await fingerprintKeys(stack);
    expect(keys).toHaveLength(1);

    // Without credentials, which are needed only to register.
    project.setEnvironment(environmentOf(emulator));
    emulator.reset();
    await stack.up({ expectNoChanges: true });
    await stack.refresh({ expectNoChanges: true });

    project.declare(declaring({ token: second }));
    const preview = await stack.preview({ diff: true });
    expect(preview.changeSummary).toEqual({ same: 1, update: 1 });
    expect(preview.stdout).toMatch(/~ Authorization: "[0-9a-f]{12}" => "[0-9a-f]{12}"/);
    expect(preview.stdout).toContain("[secret] => [secret]");
    expect(preview.stdout).not.toContain("X-Tenant");
    await expect(stack.preview({ expectNoChanges: true })).rejects.toThrow();
    expect(emulator.requests()).toEqual([]);

    project.setEnvironment(environmentOf(emulator, credentials));
    const update = await stack.up();
    expect(update.summary.resourceChanges).toEqual({ same: 1, update: 1 });
    expect(emulator.registrations()).toEqual([heldWith(second)]);

    project.declare(declaring({ token: second, provider: "CrmV2" }));
    const replacement = await stack.up();
    expect(replacement.summary.resourceChanges).toEqual({ same: 1, replace: 1 });
    expect(emulator.registrations()).toEqual([leastPowerful("Crm"), heldWith(second, "CrmV2")]);
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

  it("reports rejected credentials, and converges once they are correct", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    const wrong = canary("wrong");
    project.declare(declaring({}));
    project.setEnvironment(environmentOf(emulator, { ...credentials, clientSecret: wrong }));
    await expect(stack.up()).rejects.toThrow();
    expect(project.output()).toContain('400 Bad Request: "invalid_client');
    project.setEnvironment(environmentOf(emulator, credentials));
    await stack.up();
    await stack.up({ expectNoChanges: true });
    expect(emulator.registrations()).toEqual([registered]);
    expect((project.state() + project.output()).includes(wrong)).toBe(false);
  });

  it("registers again in a new window, which the preview names", async () => {
    const { project, emulator } = scene;
    const { stack } = project;
    project.declare(declaring({ reassertEvery: "52w" }));
    await stack.up();
    await stack.preview({ expectNoChanges: true });

    // Moves the registration into an earlier window by editing the state.
    const state = await stack.exportStack();
    const text = JSON.stringify(state.deployment);
    const moved = text.replaceAll(
      /"reassertWindow":"[^"]*"/g,
      '"reassertWindow":"2026-01-01T00:00:00Z"',
    );
    expect(moved).not.toBe(text);
    await stack.importStack({ ...state, deployment: JSON.parse(moved) });
    const { stdout, changeSummary } = await stack.preview({ diff: true });
    expect(stdout).toMatch(/~ reassertWindow: "2026-01-01T00:00:00Z" => "\d{4}-/);
    expect(changeSummary).toEqual({ same: 1, update: 1 });

    emulator.reset();
    await stack.up();
    expect(emulator.registrations()).toEqual([registered]);
    await stack.up({ expectNoChanges: true });
  });

  it("applies a plan that a preview saved, which contains no key and no secret", async () => {
    const { emulator, project } = scene;
    const { stack, directory } = project;
    const plan = join(directory, "plan.json");
    const tokens = [canary("first"), canary("second")];
    const plans: string[] = [];
    for (const token of tokens) {
      project.declare(declaring({ token }));
      await stack.preview({ plan });
      plans.push(readFileSync(plan, "utf8"));
      await stack.up({ plan });
      expect(emulator.registrations()).toMatchObject([
        { headers: { Authorization: `Bearer ${token}` } },
      ]);
      await stack.up({ expectNoChanges: true });
    }
    const seen = plans.join("\n") + project.output();
    for (const secret of [...tokens, ...(await fingerprintKeys(stack))].flatMap(formsOf)) {
      expect(seen.includes(secret)).toBe(false);
    }
  });
});
