import * as pulumi from "@pulumi/pulumi";
import { basic, bearer, VccProvider } from "../../provider";
import { environmentOf, leastPowerful } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";
import { declaring, registered } from "./programs";
import { engineScene } from "./scene";

describe("the engine, given invalid input,", () => {
  const scene = engineScene();

  it("reports all problems before it sends anything, and shows no header value", async () => {
    const { emulator, project } = scene;
    const secret = canary("header");
    const args = {
      provider: " Crm",
      endpoint: "http://crm.example.com",
      headers: { Authorization: secret, "X-A": undefined, "X B": secret },
      header: { "X-A": secret },
      agentActionsPermitted: { transfertoagent: true },
    };
    project.declare(async () => void new VccProvider("crm", args as never));
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
    project.declare(declaring({}));
    await expect(project.stack.up()).rejects.toThrow();
    expect(project.output()).toContain(message);
    expect(emulator.requests()).toEqual([]);
  });
});

describe("the engine, given values that a preview cannot know,", () => {
  const scene = engineScene();
  const names = [
    "Name",
    "Endpoint",
    "Headers",
    "Header",
    "Bearer",
    "Basic",
    "Operation",
    "Operations",
    "Account",
    "Duration",
    "Witness",
    "WitnessUrl",
  ];

  /** Everything else depends on the first resource, whose name this is. */
  const program = (first: string) => async () => {
    const crm = new VccProvider("first", { provider: first, agentActionsPermitted: {} });
    const later = <Value>(value: Value) => crm.registrationFingerprint.apply(() => value);
    const endpoint = "https://crm.example.com/vcc";
    const agentActionsPermitted = { hold: true };
    const args = { endpoint, agentActionsPermitted };
    new VccProvider("name", { ...args, provider: later("Name") });
    new VccProvider("endpoint", { ...args, provider: "Endpoint", endpoint: later(endpoint) });
    new VccProvider("headers", { ...args, provider: "Headers", headers: later({ "X-A": "a" }) });
    const partly = { "X-A": later("a"), "X-B": "b" };
    new VccProvider("header", { ...args, provider: "Header", headers: partly });
    const token = { Authorization: bearer(later("token")) };
    new VccProvider("bearer", { ...args, provider: "Bearer", headers: token });
    const password = { Authorization: basic("user", later("password")) };
    new VccProvider("basic", { ...args, provider: "Basic", headers: password });
    new VccProvider("operation", {
      provider: "Operation",
      agentActionsPermitted: { hold: later(true) },
    });
    new VccProvider("operations", {
      provider: "Operations",
      agentActionsPermitted: later(agentActionsPermitted),
    });
    new VccProvider("account-name", { ...args, provider: "Account", account: later("acme") });
    new VccProvider("duration", { ...args, provider: "Duration", reassertEvery: later("52w") });
    const witness = later("https://w.example/a");
    new VccProvider("witness", { ...args, provider: "Witness", witness });
    const url = later("https://w.example/b");
    new VccProvider("witness-url", { ...args, provider: "WitnessUrl", witness: { url } });
  };

  it("previews every argument, sends nothing, and then registers all", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    project.setEnvironment({
      ...environmentOf(emulator, credentials),
      VCC_ACCOUNTS: JSON.stringify({ acme: credentials }),
    });
    project.declare(program("First"));
    const { changeSummary } = await stack.preview();
    expect(changeSummary).toEqual({ create: 1 + 1 + names.length });
    expect(emulator.requests()).toEqual([]);

    await stack.up();
    const { headers: _headers, ...plain } = registered;
    const held = (headers?: object) => ({ ...plain, ...(headers && { headers }) });
    const marked = held({ "X-Vcc-Registration": expect.stringMatching(/^[0-9a-f]{12}$/) });
    const { endpoint: _endpoint, ...withoutEndpoint } = plain;
    const expected: Record<string, object> = {
      Name: held(),
      Endpoint: held(),
      Headers: held({ "X-A": "a" }),
      Header: held({ "X-A": "a", "X-B": "b" }),
      Bearer: held({ Authorization: "Bearer token" }),
      Basic: held({ Authorization: `Basic ${btoa("user:password")}` }),
      Operation: withoutEndpoint,
      Operations: withoutEndpoint,
      Account: held(),
      Duration: held(),
      Witness: marked,
      WitnessUrl: marked,
    };
    expect(Object.keys(expected)).toEqual(names);
    for (const [provider, settings] of Object.entries(expected)) {
      const one = emulator
        .registrations()
        .find((registration) => registration.provider === provider);
      expect(one).toEqual({ ...settings, provider });
    }
    await stack.up({ expectNoChanges: true });

    // A replacement makes the same values unknown again, this time of existing resources.
    emulator.reset();
    project.declare(program("Second"));
    await stack.preview();
    expect(emulator.requests()).toEqual([]);
    await stack.up();
    const sent = emulator.requests().flatMap(({ provider }) => provider ?? []);
    expect(sent).toEqual(["Second", "First"]);
  });

  it("refuses what is still unknown in an up, and changes nothing", async () => {
    const { emulator, project } = scene;
    // Since SDK 3.276, a registration that has failed resolves to this.
    const unknown = pulumi.output(pulumi.unknown as unknown as string);
    const headers = { "X-A": "a", Authorization: bearer(unknown) };
    project.declare(declaring({ headers }));
    await expect(project.stack.up()).rejects.toThrow();
    const message = 'headers["Authorization"]: still unknown; nothing was sent';
    expect(project.output()).toContain(`VccProvider (crm):\n    error: ${message}`);

    project.declare(declaring({}));
    await project.stack.up();
    const before = emulator.requests().length;
    const state = await project.stack.exportStack();
    project.declare(declaring({ headers }));
    await expect(project.stack.up()).rejects.toThrow();
    expect(emulator.requests()).toHaveLength(before);
    expect((await project.stack.exportStack()).deployment.resources).toEqual(
      state.deployment.resources,
    );
    project.declare(declaring({}));
    await project.stack.up({ expectNoChanges: true });
  });

  it("runs operations that skip a registration, whose outputs are undefined then", async () => {
    const { emulator, project } = scene;
    project.declare(declaring({}));
    await project.stack.up();
    project.declare(async () => {
      await declaring({})();
      const args = { agentActionsPermitted: {} };
      const skipped = new VccProvider("skipped", { ...args, provider: "Skipped" });
      const later = skipped.registrationFingerprint;
      new VccProvider("endpoint", { ...args, provider: "Endpoint", endpoint: later });
      const headers = { Authorization: bearer(later), "X-A": basic("user", later) };
      new VccProvider("headers", { ...args, provider: later, headers });
    });
    const target = ["urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm"];
    await project.stack.up({ target });
    await project.stack.refresh({ runProgram: true });
    await project.stack.destroy({ runProgram: true });
    expect(emulator.registrations()).toEqual([leastPowerful("Crm")]);
  });
});
