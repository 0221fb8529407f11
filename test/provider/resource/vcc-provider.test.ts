import * as pulumi from "@pulumi/pulumi";
import { basic, bearer, fromEnvironment, VccProvider } from "../../../provider";
import { providerCode } from "../../../provider/resource/provider-code";
import { settled } from "./settled";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

let inputs: Record<string, Record<string, unknown>> = {};

/** Runs a program without an engine; what it registers is in `inputs`, by name. */
async function run(program: () => pulumi.Resource[]): Promise<void> {
  inputs = {};
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ name, id, inputs: given }) => {
      inputs[name] = given;
      return { id: id ?? `${name}-id`, state: given };
    },
  });
  await settled(pulumi.all(program().map(({ urn }) => urn)));
}

describe("VccProvider", () => {
  it("forwards the arguments, with secret headers", async () => {
    await run(() => [
      new VccProvider("crm", {
        provider: "Crm",
        endpoint: "https://crm.example.com/vcc",
        headers: { Authorization: bearer("t"), "X-Tenant": "acme" },
        agentActionsPermitted: { hold: true },
      }),
    ]);
    expect(inputs.crm).toEqual({
      provider: "Crm",
      endpoint: "https://crm.example.com/vcc",
      headers: secret({ Authorization: "Bearer t", "X-Tenant": "acme" }),
      agentActionsPermitted: { hold: true },
      declaration: expect.objectContaining({ resource: "crm", number: expect.any(Number) }),
      __provider: providerCode,
    });
  });

  it("forwards secrets of the environment as data", async () => {
    const token = fromEnvironment("CRM_TOKEN");
    const headers = { Authorization: bearer(token), "X-Key": pulumi.output(token) };
    await run(() => [
      new VccProvider("crm", { provider: "Crm", headers, agentActionsPermitted: {} }),
      VccProvider.fromSettings("settings", { provider: "Other", headers }),
    ]);
    const data = { source: "environment", name: "CRM_TOKEN" };
    for (const resource of ["crm", "settings"]) {
      expect(inputs[resource]?.headers).toEqual(
        secret({ Authorization: { ...data, prefix: "Bearer " }, "X-Key": data }),
      );
    }
  });

  it("says which other arguments are secret, which the engine may forget", async () => {
    const url = pulumi.secret("https://w.example.com/canary");
    await run(() => [
      new VccProvider("crm", {
        provider: "Crm",
        endpoint: pulumi.secret("https://crm.example.com/?key=canary"),
        headers: { Authorization: bearer("t") },
        agentActionsPermitted: {},
        witness: { url },
      }),
    ]);
    expect(inputs.crm?.declaration).toMatchObject({ secret: ["endpoint", "witness"], unknown: {} });
  });

  it("has every argument as an output", async () => {
    const args = {
      provider: "Crm",
      endpoint: "https://crm.example.com/vcc",
      headers: { "X-Tenant": "acme" },
      agentActionsPermitted: { hold: true },
      reassertEvery: "7d",
      account: "acme",
    };
    let registration: VccProvider | undefined;
    await run(() => {
      registration = new VccProvider("crm", args);
      return [registration];
    });
    for (const [name, value] of Object.entries(args)) {
      const output = registration?.[name as keyof typeof args] as pulumi.Output<unknown>;
      expect((await settled(output)).value).toEqual(value);
    }
  });

  it("forwards missing header values as null, which Pulumi would drop", async () => {
    await run(() => [
      new VccProvider("crm", {
        provider: "Crm",
        headers: {
          Authorization: undefined as never,
          "X-A": pulumi.output(undefined) as never,
          "X-B": "b",
        },
        agentActionsPermitted: {},
      }),
    ]);
    expect(inputs.crm?.headers).toEqual(secret({ Authorization: null, "X-A": null, "X-B": "b" }));
  });

  it("forwards each argument whose output is undefined as null, which check rejects", async () => {
    const missing = pulumi.output(undefined as never);
    await run(() => [
      new VccProvider("crm", {
        provider: missing,
        endpoint: missing,
        headers: { Authorization: bearer(missing) },
        agentActionsPermitted: { hold: missing },
        reassertEvery: missing,
        account: missing,
        witness: { url: missing },
      }),
    ]);
    expect(inputs.crm).toMatchObject({
      provider: null,
      endpoint: null,
      headers: secret({ Authorization: null }),
      agentActionsPermitted: { hold: null },
      reassertEvery: null,
      account: null,
      witness: { url: null },
    });
  });

  it("forwards unknown arguments as secrets, which check rejects", async () => {
    await run(() => [
      new VccProvider("crm", {
        provider: "Crm",
        agentActionsPermitted: {},
        header: { Authorization: "Bearer canary" },
      } as never),
    ]);
    expect(inputs.crm?.header).toEqual(secret({ Authorization: "Bearer canary" }));
  });

  it("distinguishes two resources of the same name", async () => {
    const args = { provider: "Crm", agentActionsPermitted: {} };
    const declarations = new Set();
    for (let count = 0; count < 2; count += 1) {
      await run(() => [new VccProvider("crm", args)]);
      declarations.add(JSON.stringify(inputs.crm?.declaration));
    }
    expect(declarations.size).toBe(2);
  });

  it.each(["fingerprintKey", "declaration", "__provider"])("rejects the argument %s", (key) => {
    const args = { provider: "Crm", agentActionsPermitted: {}, [key]: "canary" };
    expect(() => new VccProvider("crm", args)).toThrow(
      `VccProvider "crm": unknown argument "${key}"`,
    );
  });

  it("forwards arguments with the names of outputs", async () => {
    await run(() => [
      new VccProvider("crm", {
        provider: "Crm",
        agentActionsPermitted: {},
        region: "nam",
      } as never),
    ]);
    expect(inputs.crm?.region).toEqual(secret("nam"));
  });

  it.each([
    [{ id: "emea/Crm" }, "the option id reads an existing resource, but VCC has no read endpoint"],
    [{ urn: "urn:pulumi:dev::p::t::crm" }, "the option urn reads an existing resource"],
    [{ import: "emea/Crm" }, "the option import reads an existing resource"],
    [{ version: "1.0.0" }, "the option version starts a provider process of its own"],
    [
      { pluginDownloadURL: "https://example.com" },
      "the option pluginDownloadURL starts a provider process",
    ],
    [{ envVarMappings: { A: "B" } }, "the option envVarMappings is for provider resources only"],
  ])("rejects the option in %j, as fromSettings does", (options, message) => {
    const args = { provider: "Crm", agentActionsPermitted: {} };
    const rejection = expect.objectContaining({
      message: expect.stringContaining(`VccProvider "crm": ${message}`),
    });
    expect(() => new VccProvider("crm", args, options)).toThrow(pulumi.RunError);
    expect(() => new VccProvider("crm", args, options)).toThrow(rejection);
    expect(() => VccProvider.fromSettings("crm", { provider: "Crm" }, options)).toThrow(rejection);
  });

  it("accepts an option that is undefined", async () => {
    const args = { provider: "Crm", agentActionsPermitted: {} };
    await run(() => [
      new VccProvider("crm", args, { import: undefined, version: undefined } as never),
    ]);
    expect(inputs.crm).toMatchObject({ provider: "Crm" });
  });

  it("keeps every option as it is, and adds its secret outputs", async () => {
    let seen: pulumi.CustomResourceOptions | undefined;
    const options = {
      additionalSecretOutputs: ["endpoint"],
      // SDKs that do not know an option merge it in their own way.
      hooks: { onError: [] },
      transformations: [
        ({ opts }: pulumi.ResourceTransformationArgs) => {
          seen = opts;
          return undefined;
        },
      ],
    };
    await run(() => [
      new VccProvider("crm", { provider: "Crm", agentActionsPermitted: {} }, options),
    ]);
    expect(seen).toEqual({
      ...options,
      additionalSecretOutputs: ["headers", "fingerprintKey", "endpoint"],
    });
    expect(seen?.hooks).toBe(options.hooks);
  });

  it("rejects a body with both spellings of its permissions", () => {
    const body = '{"provider":"P","agentactionspermitted":{},"agentActionsPermitted":{}}';
    expect(() => VccProvider.fromSettings("test", body)).toThrow("in two spellings");
  });

  it.each([
    ["an object", (body: object) => body],
    ["JSON text", (body: object) => JSON.stringify(body)],
  ])("accepts the API's body as %s", async (_form, write) => {
    await run(() => {
      const body = {
        provider: "TestProviderName",
        endpoint: "https://endpoint.example.com/routingendpoint",
        headers: { "x-header1": "value1" },
        agentactionspermitted: { release: 1, transferToRoute: 1 },
      };
      return [
        VccProvider.fromSettings("test", write(body) as never),
        VccProvider.fromSettings("without", write({ provider: "P" }) as never),
      ];
    });
    expect(inputs.test).toMatchObject({
      provider: "TestProviderName",
      endpoint: "https://endpoint.example.com/routingendpoint",
      headers: secret({ "x-header1": "value1" }),
      agentActionsPermitted: { release: 1, transferToRoute: 1 },
    });
    expect(inputs.test).not.toHaveProperty("agentactionspermitted");
    expect(inputs.without).toMatchObject({ provider: "P", agentActionsPermitted: {} });
  });

  it.each([
    ['{"headers": {"A": "canary', 'VccProvider.fromSettings("test"): the body is not valid JSON'],
    ['["canary"]', 'VccProvider.fromSettings("test"): the body is not a JSON object'],
    [
      '{"headers": {"__proto__": "canary"}}',
      'VccProvider "test": headers: Pulumi cannot forward the name "__proto__"',
    ],
    [
      '{"__proto__": {"headers": "canary"}}',
      'VccProvider.fromSettings("test"): the body: Pulumi cannot forward the name "__proto__"',
    ],
    ["null", 'VccProvider.fromSettings("test"): the body is not a JSON object'],
  ])("rejects the text %j without showing it", async (text, message) => {
    const error = await run(() => [VccProvider.fromSettings("test", text)]).catch(String);
    expect(error).toContain(message);
    expect(error).not.toContain("canary");
  });
});

describe("isInstance", () => {
  class RandomId extends pulumi.CustomResource {}
  class RandomProvider extends pulumi.ProviderResource {}

  it("recognizes the class among other resources, whichever copy of the package made them", async () => {
    let copy = VccProvider;
    jest.isolateModules(() => {
      copy = require("../../../provider").VccProvider;
    });
    await run(() => {
      const args = { provider: "Crm", agentActionsPermitted: {} };
      const registration = new VccProvider("crm", args);
      const others = [
        new RandomId("random:index/randomId:RandomId", "id"),
        new pulumi.ComponentResource("pkg:index:VccProvider", "component"),
        new RandomProvider("random", "random"),
      ];
      const values = [registration, ...others, undefined, null, {}, "crm"];
      const recognizedBy = ({ isInstance }: { isInstance(value: unknown): boolean }) =>
        values.filter((value) => isInstance(value));
      expect(recognizedBy(VccProvider)).toEqual([registration]);
      expect(registration).not.toBeInstanceOf(copy);
      expect(recognizedBy(copy)).toEqual([registration]);
      return [registration, ...others];
    });
  });
});

describe("an explicit provider of dynamic resources", () => {
  class Provider extends pulumi.ProviderResource {}
  class Component extends pulumi.ComponentResource {
    constructor(options: pulumi.ComponentResourceOptions) {
      super("test:index:Component", "component", {}, options);
    }
  }
  const declare = (options: object) =>
    new VccProvider("crm", { provider: "Crm", agentActionsPermitted: {} }, options);

  it.each<[string, (dynamic: Provider) => object]>([
    ["the option provider", (dynamic) => ({ provider: dynamic })],
    ["the option providers, as a list", (dynamic) => ({ providers: [dynamic] })],
    [
      "the option providers, by package",
      (dynamic) => ({ providers: { "pulumi-nodejs": dynamic } }),
    ],
    ["the option providers, by another name", (dynamic) => ({ providers: { other: dynamic } })],
    ["the provider of a parent", (dynamic) => ({ parent: new Component({ provider: dynamic }) })],
    [
      "the providers of the parent of a parent",
      (dynamic) => ({
        parent: new Component({ parent: new Component({ providers: [dynamic] }) }),
      }),
    ],
    [
      "a transformation",
      (dynamic) => ({
        transformations: [
          ({ props, opts }: pulumi.ResourceTransformationArgs) => ({
            props,
            opts: { ...opts, provider: dynamic },
          }),
        ],
      }),
    ],
  ])("is rejected as %s, with the argument to use instead", async (_case, optionsWith) => {
    await run(() => {
      const dynamic = new Provider("pulumi-nodejs", "dynamic");
      expect(() => declare(optionsWith(dynamic))).toThrow(
        /^VccProvider "crm": its .* pulumi-nodejs, .*pass its name as the argument account$/,
      );
      return [dynamic];
    });
  });

  it("does not hide that a parent is no resource", () => {
    expect(() => declare({ parent: {} })).toThrow("Resource parent is not a valid Resource");
  });

  it("is another one than that of other resources", async () => {
    await run(() => {
      const aws = new Provider("aws", "aws");
      const parent = new Component({ providers: { aws } });
      return [declare({ parent })];
    });
    expect(inputs.crm).toMatchObject({ provider: "Crm" });
  });
});

describe("authorization", () => {
  it("helpers build secret values", async () => {
    expect(await settled(bearer("t"))).toEqual({ value: "Bearer t", secret: true });
    expect(await settled(basic("Aladdin", pulumi.output("open sesame")))).toEqual({
      value: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
      secret: true,
    });
    expect((await settled(basic("müller", "pässword"))).value).toBe(
      "Basic bcO8bGxlcjpww6Rzc3dvcmQ=",
    );
  });

  it.each([
    ["a token", bearer(pulumi.output(undefined as never))],
    ["a promise of a token", bearer(Promise.resolve(undefined as never))],
    ["a user", basic(pulumi.output(undefined as never), "canary")],
    ["a password", basic("user", pulumi.secret(null as never))],
  ])("are undefined, which check rejects, for an output that is: %s", async (_case, header) => {
    expect(await settled(header)).toEqual({ value: undefined, secret: true });
  });

  it.each([
    ["bearer(): the token is missing or empty", () => bearer(undefined as never)],
    ["bearer(): the token is missing or empty", () => bearer(pulumi.output(""))],
    ["basic(): the user is missing or empty", () => basic("", "canary")],
    ["basic(): the password is missing or empty", () => basic("user", undefined as never)],
    ["the user must not contain a colon", () => basic("us:er", "canary")],
  ])("reject invalid arguments: %s", async (message, build) => {
    const failure = settled(build());
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(/canary/);
    await expect(failure).rejects.toMatchObject({ stack: "" });
  });
});
