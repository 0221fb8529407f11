import { readFileSync } from "node:fs";
import { join } from "node:path";
import { example, sceneWith } from "../end-to-end/project";
import { canary, fingerprintKeys, formsOf } from "../end-to-end/secrets";

describe("a plan that a preview saved", () => {
  const scene = sceneWith("tarball");

  it("permits to create and to update, and contains no key and no secret", async () => {
    const { emulator, project } = scene;
    const { stack, directory } = project;
    const plan = join(directory, "plan.json");
    const secrets = [canary("first"), canary("second")];
    project.write(example("quickstart.ts"));
    const plans: string[] = [];
    for (const value of secrets) {
      await stack.setConfig("callbackToken", { value, secret: true });
      await stack.preview({ plan });
      plans.push(readFileSync(plan, "utf8"));
      await stack.up({ plan });
      expect(emulator.registrations()).toMatchObject([
        { headers: { Authorization: `Bearer ${value}` } },
      ]);
      await stack.up({ expectNoChanges: true });
    }
    const seen = plans.join("\n") + project.output();
    for (const secret of [...secrets, ...(await fingerprintKeys(stack))].flatMap(formsOf)) {
      expect(seen.includes(secret)).toBe(false);
    }
  });
});
