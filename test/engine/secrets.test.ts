import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { basic, bearer, fromEnvironment, secretText } from "../../provider";
import { environmentOf } from "../end-to-end/project";
import { canary } from "../end-to-end/secrets";
import { declaring, registered } from "./programs";
import { engineScene } from "./scene";

describe("secrets of the environment", () => {
  const scene = engineScene();
  const [first, second] = [canary("first"), canary("second")];
  const referring = declaring({
    headers: { Authorization: bearer(fromEnvironment("CRM_TOKEN")), "X-Tenant": "acme" },
  });

  function setVariables(variables: Record<string, string>) {
    const { project, emulator, credentials } = scene;
    project.setEnvironment({ ...environmentOf(emulator, credentials), ...variables });
  }

  function registrations(): number {
    return scene.emulator.requests().filter(({ path }) => path.endsWith("/Register")).length;
  }

  /** What VCC holds of `referring`. */
  function registeredWith(token: string) {
    return { ...registered, headers: { ...registered.headers, Authorization: `Bearer ${token}` } };
  }

  /** The properties that a preview shows as changed. */
  async function changes(): Promise<string[]> {
    const { project } = scene;
    const changed: string[] = [];
    await project.stack.preview({
      onEvent: ({ resourcePreEvent: event }) => {
        changed.push(...Object.keys(event?.metadata.detailedDiff ?? {}));
      },
    });
    return changed;
  }

  it("register, show a changed value, and are in no state", async () => {
    const { project, emulator } = scene;
    project.declare(referring);
    setVariables({ CRM_TOKEN: first });
    await project.stack.up();
    expect(emulator.registrations()).toEqual([registeredWith(first)]);
    await project.stack.preview({ expectNoChanges: true });

    setVariables({ CRM_TOKEN: second });
    expect(await changes()).toEqual(["headerFingerprints.Authorization"]);
    await project.stack.up();
    expect(emulator.registrations()).toEqual([registeredWith(second)]);
    const { deployment } = await project.stack.exportStack();
    for (const token of [first, second]) {
      expect(JSON.stringify(deployment)).not.toContain(token);
      expect(project.state() + project.output()).not.toContain(token);
    }
    await scene.project.stack.destroy();
  });

  it("are compared only by a run that sets the variable", async () => {
    const { project } = scene;
    project.declare(referring);
    setVariables({ CRM_TOKEN: first });
    await project.stack.up();

    setVariables({ CRM_TOKEN: "" });
    await project.stack.preview({ expectNoChanges: true });
    await project.stack.up();
    expect(registrations()).toBe(1);
    const header = '"Crm" in emea: the header "Authorization"';
    const reason = "because this run does not set the environment variable";
    expect(project.output()).toContain(`${header} was not compared, ${reason} CRM_TOKEN`);

    project.declare(declaring({ headers: { Authorization: bearer(fromEnvironment("OTHER")) } }));
    expect(await changes()).toContain("headerFingerprints.Authorization");
    expect(project.output()).toContain(`${header} cannot be registered, ${reason} OTHER`);
    await expect(project.stack.up()).rejects.toThrow();
    expect(project.output()).toContain(
      'headers["Authorization"]: the environment variable OTHER is not set, or empty; this registration was not sent',
    );
    expect(registrations()).toBe(1);
    await project.stack.destroy();
    expect(registrations()).toBe(2);
  });

  it.each<[string, Parameters<typeof declaring>[0]]>([
    ["deleted before", { provider: "Crm2", options: { deleteBeforeReplace: true } }],
    ["renamed by case", { provider: "CRM" }],
    ["deleted afterwards, despite the failure", { provider: "Crm2", name: "crm2" }],
  ])("leave what they replace if they are missing: %s", async (_case, replacement) => {
    const { project, emulator } = scene;
    project.declare(referring);
    setVariables({ CRM_TOKEN: first });
    await project.stack.up();
    setVariables({});
    const headers = { Authorization: bearer(fromEnvironment("CRM_TOKEN")), "X-Tenant": "acme" };
    project.declare(declaring({ headers, ...replacement }));
    await expect(project.stack.up({ continueOnError: true })).rejects.toThrow();
    expect(emulator.registrations()).toEqual([registeredWith(first)]);
  });

  it("are required by whatever registers", async () => {
    const { project } = scene;
    project.declare(referring);
    await expect(project.stack.up()).rejects.toThrow();
    setVariables({ CRM_TOKEN: first });
    await project.stack.up();
    setVariables({});
    const headers = { Authorization: bearer(fromEnvironment("CRM_TOKEN")), "X-Tenant": "acme" };
    project.declare(declaring({ headers, agentActionsPermitted: {} }));
    await expect(project.stack.up()).rejects.toThrow();
    project.declare(declaring({ headers, reassertEvery: "1h" }));
    await expect(project.stack.up()).rejects.toThrow();
    expect(registrations()).toBe(1);
  });

  it("replace a configured value without a request if it is the same", async () => {
    const { project, emulator } = scene;
    const configured = {
      Authorization: basic("vcc", pulumi.secret(first)),
      "X-Key": pulumi.secret(`id=${second};v=1`),
    };
    project.declare(declaring({ headers: configured, witness: true }));
    setVariables({ FIRST: first, SECOND: second });
    await project.stack.up();
    const [before] = emulator.registrations();
    const fromVariables = {
      headers: {
        Authorization: basic("vcc", fromEnvironment("FIRST")),
        "X-Key": secretText`id=${fromEnvironment("SECOND")};v=${1}`,
      },
      witness: true,
    };
    project.declare(declaring(fromVariables));
    expect(await changes()).toEqual(["headers"]);
    await project.stack.up();
    await project.stack.preview({ expectNoChanges: true });
    expect(registrations()).toBe(1);
    const { deployment } = await project.stack.exportStack();
    expect(JSON.stringify(deployment)).not.toContain(first);

    // Only so that it registers what the variables contain.
    for (const hold of [false, true]) {
      project.declare(
        declaring({ ...fromVariables, agentActionsPermitted: { release: true, hold } }),
      );
      await project.stack.up();
    }
    expect(registrations()).toBe(3);
    expect(emulator.registrations()).toEqual([before]);
  });

  it("fail a plan whose value has changed, and name the header", async () => {
    const { project } = scene;
    const plan = join(project.directory, "plan.json");
    project.declare(referring);
    setVariables({ CRM_TOKEN: first });
    await project.stack.up();
    setVariables({});
    await project.stack.preview({ plan });
    setVariables({ CRM_TOKEN: first });
    await project.stack.up({ plan });
    setVariables({ CRM_TOKEN: second });
    await expect(project.stack.up({ plan })).rejects.toThrow();
    expect(project.output()).toMatch(/violates plan: .*headerFingerprints.*Authorization/);
    expect(registrations()).toBe(1);
    expect(readFileSync(plan, "utf8")).not.toMatch(new RegExp(`${first}|${second}`));
  });

  it.each([["headers.Authorization"], ["*"]])(
    "are ignored by ignoreChanges of %s, and compared again without it",
    async (path) => {
      const { project } = scene;
      const headers = { Authorization: bearer(fromEnvironment("CRM_TOKEN")), "X-Tenant": "acme" };
      project.declare(declaring({ headers, options: { ignoreChanges: [path] } }));
      setVariables({ CRM_TOKEN: first });
      await project.stack.up();
      setVariables({ CRM_TOKEN: second });
      await project.stack.preview({ expectNoChanges: true });
      await project.stack.up();
      expect(registrations()).toBe(1);
      project.declare(referring);
      expect(await changes()).toEqual(["headerFingerprints.Authorization"]);
    },
  );
});
