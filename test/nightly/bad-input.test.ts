import { ComponentResource } from "@pulumi/pulumi";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { VccProvider } from "../../provider";
import { environmentOf, example, sceneWith } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";

describe("pulumi, given invalid input,", () => {
  const scene = sceneWith("tarball");

  it("reports all problems before it sends anything, and shows no header value", async () => {
    const { emulator, project } = scene;
    const secret = canary("header");
    project.write(`
      import { VccProvider } from "pulumi-vcc";
      const args: any = {
        provider: " Crm",
        endpoint: "http://crm.example.com",
        headers: { Authorization: "${secret}", "X-A": undefined, "X B": "${secret}" },
        header: { "X-A": "${secret}" },
        agentActionsPermitted: { transfertoagent: true },
      };
      new VccProvider("crm", args);
    `);
    await expect(project.stack.preview()).rejects.toThrow();
    await expect(project.stack.up()).rejects.toThrow();
    for (const problem of [
      "provider: the name begins or ends with whitespace",
      "endpoint: must be an absolute https URL",
      'headers.Authorization: must be "<type> <credentials>"',
      'headers["X-A"]: the value is missing',
      'headers["X B"]: is not a valid header name',
      'header: unknown argument; did you mean "headers"?',
      'agentActionsPermitted.transfertoagent: unknown operation; did you mean "transferToAgent"?',
    ]) {
      expect(project.output()).toContain(`has a problem: ${problem}`);
    }
    expect(emulator.requests()).toEqual([]);
    for (const form of formsOf(secret)) {
      expect((project.state() + project.output()).includes(form)).toBe(false);
    }
  });

  it.each([
    ["undefined", `resource 'crm' has a problem: headers.Authorization: the value is missing`],
    ['""', 'VccProvider "crm": headers["Authorization"]: bearer(): the token is missing or empty'],
  ])(
    "names the resource and the argument of an output that is %s, without a stack trace",
    async (value, message) => {
      const { emulator, project } = scene;
      project.write(`
      import * as pulumi from "@pulumi/pulumi";
      import { bearer, VccProvider } from "pulumi-vcc";
      // After the program has ended, as an output of another stack.
      const token: pulumi.Output<any> = pulumi.output(
        new Promise((resolve) => setTimeout(() => resolve(${value}), 500)),
      );
      const args = { agentActionsPermitted: {} };
      for (const provider of ["A", "B", "C"]) new VccProvider(provider, { ...args, provider });
      new VccProvider("crm", { ...args, provider: "Crm", headers: { "X-A": "a", Authorization: bearer(token) } });
    `);
      await expect(project.stack.preview()).rejects.toThrow();
      const output = project.output();
      expect(output).toContain(message);
      expect(output).not.toMatch(/^ +at /m);
      expect(emulator.requests()).toEqual([]);
    },
  );

  it("rejects two resources with the same name, even if a name is an output", async () => {
    const { emulator, project } = scene;
    project.write(`
      import * as pulumi from "@pulumi/pulumi";
      import { VccProvider } from "pulumi-vcc";
      new VccProvider("first", { provider: "Twice", agentActionsPermitted: {} });
      new VccProvider("second", { provider: pulumi.output("Twice"), agentActionsPermitted: {} });
    `);
    await expect(project.stack.preview()).rejects.toThrow();
    expect(project.output()).toMatch(
      /the resource "(first|second)" already declares "Twice"; VCC keeps one registration per name/,
    );
    expect(emulator.requests()).toEqual([]);
  });

  it.each([
    ["without a region", { VCC_REGION: "" }, "vcc:region (or VCC_REGION) is required"],
    [
      "without credentials",
      { VCC_CLIENT_ID: "", VCC_CLIENT_SECRET: "" },
      "there are no credentials: set",
    ],
    [
      "with incomplete client credentials",
      { VCC_CLIENT_SECRET: "" },
      "vcc:clientId (or VCC_CLIENT_ID) is set, but",
    ],
    [
      "over http",
      { VCC_API_URL: "http://vcc.example.com" },
      "must use https (http is allowed for loopback",
    ],
  ])("sends nothing %s", async (_case, environment, message) => {
    const { emulator, project, credentials } = scene;
    project.setEnvironment({ ...environmentOf(emulator, credentials), ...environment });
    project.write(example("without-endpoint.ts"));
    await expect(project.stack.up()).rejects.toThrow();
    expect(project.output()).toContain(message);
    expect(emulator.requests()).toEqual([]);
  });

  it("accepts resources of the same name under different parents, and a second run", async () => {
    const { emulator, project } = scene;
    const program = async () => {
      for (const team of ["sales", "service"]) {
        const parent = new ComponentResource(`test:index:${team}`, team);
        new VccProvider("crm", { provider: team, agentActionsPermitted: {} }, { parent });
      }
    };
    const stack = await LocalWorkspace.createStack(
      { stackName: "inline", projectName: "inline", program },
      {
        workDir: project.directory,
        envVars: project.stack.workspace.envVars,
        projectSettings: { name: "inline", runtime: "nodejs", main: project.directory },
      },
    );
    await stack.up();
    await stack.up({ expectNoChanges: true });
    const names = emulator.registrations().map(({ provider }) => provider);
    expect(names.sort()).toEqual(["sales", "service"]);
  });
});
