import * as pulumi from "@pulumi/pulumi";
import { leastPowerful } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";
import { declaring, registered } from "./programs";
import { engineScene } from "./scene";

/** What `pulumi.dynamic.Resource` registers for a hand-written class: its arguments, and its code as text. */
class HandWritten extends pulumi.CustomResource {
  constructor(args: pulumi.Inputs) {
    const code = `exports.handler = () => ({
      create: async (inputs) => ({ id: "old-1", outs: inputs }),
      delete: async () => { throw new Error("the former code ran") },
    })`;
    super("pulumi-nodejs:dynamic:Resource", "crm", { ...args, __provider: code });
  }
}

describe("a hand-written resource", () => {
  const scene = engineScene();
  const secrets = { former: canary("former"), token: canary("token") };
  const type = "pulumi-nodejs:dynamic:Resource";
  const declareFormer = () =>
    scene.project.declare(async () => {
      const token = pulumi.secret(secrets.former);
      new HandWritten({ name: "Crm", url: "https://crm.example.com/vcc", token });
    });

  it("is taken over with an alias: registered once, and never deleted", async () => {
    const { project, emulator } = scene;
    const { stack } = project;
    declareFormer();
    await stack.up();
    project.declare(declaring({ token: secrets.token, options: { aliases: [{ type }] } }));
    const preview = await stack.preview({ diff: true });
    expect(preview.changeSummary).toEqual({ same: 1, update: 1 });
    expect(preview.stdout + preview.stderr + project.output()).toContain(
      "pulumi up registers it again in place",
    );
    await stack.refresh();
    await stack.preview({ refresh: true, runProgram: true });
    expect(emulator.requests()).toEqual([]);

    const { summary } = await stack.up({ refresh: true });
    expect(summary.resourceChanges).toEqual({ same: 1, update: 1 });
    const paths = emulator.requests().map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith("/Register"))).toHaveLength(1);
    const headers = { ...registered.headers, Authorization: `Bearer ${secrets.token}` };
    expect(emulator.registrations()).toEqual([{ ...registered, headers }]);

    await stack.up({ expectNoChanges: true });
    await stack.destroy();
    expect(emulator.registrations()).toEqual([leastPowerful("Crm")]);
    expect(project.output()).not.toMatch(/TypeError|the former code ran/);
    for (const form of Object.values(secrets).flatMap(formsOf)) {
      expect((project.output() + project.state()).includes(form)).toBe(false);
    }
  });

  it("without an alias is deleted by its former code, after the registration", async () => {
    const { project, emulator } = scene;
    declareFormer();
    await project.stack.up();
    project.declare(declaring({}));
    await expect(project.stack.up()).rejects.toThrow();
    expect(emulator.registrations()).toEqual([registered]);
    expect(project.output()).toContain("the former code ran");
  });
});
