import { type Emulator, startEmulator } from "../../emulator";
import { unknownValue } from "../../provider/pulumi-values";
import { type ProviderHost, startProviderHost } from "./provider-host";

const args = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer canary", "X-Tenant": "acme" },
  agentActionsPermitted: { hold: true },
  declaration: { resource: "crm", number: 1 },
};

let emulator: Emulator;
let hosts: ProviderHost[];

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.reset();
  hosts = [];
});
afterEach(async () => {
  for (const host of hosts) await host.close();
});

async function start(options: Parameters<typeof startProviderHost>[0] = {}) {
  const host = await startProviderHost({
    ...options,
    environment: {
      VCC_API_URL: emulator.apiUrl,
      VCC_AUTH_URL: emulator.authUrl,
      VCC_CLIENT_ID: "emulator",
      VCC_CLIENT_SECRET: "emulator-secret",
      ...options.environment,
    },
  });
  hosts.push(host);
  return host;
}

/** Starts a host and configures it first, as the engine does. */
async function configured(configuration: Record<string, string> = { "vcc:region": "emea" }) {
  const host = await start();
  await host.configure(configuration);
  return host;
}

async function created(host: ProviderHost) {
  const { inputs } = await host.check({}, args);
  return { inputs, ...(await host.create(inputs)) };
}

describe("provider host", () => {
  it("creates, updates, reads and deletes a registration", async () => {
    const up = await configured();
    const { id, inputs, properties } = await created(up);
    expect(id).toBe("emea/Crm");
    expect(properties).toMatchObject({ registeredAt: expect.any(String), drift: "none" });

    const next = await configured();
    const same = await next.check(inputs, args);
    expect(same.inputs).toEqual(inputs);
    expect(await next.diff(id, properties, same.inputs)).toMatchObject({ changes: "none" });

    const rotated = { ...args, headers: { ...args.headers, Authorization: "Bearer other" } };
    const news = (await next.check(inputs, rotated)).inputs;
    expect(await next.diff(id, properties, news)).toEqual({
      changes: "unknown",
      replaces: [],
      deleteBeforeReplace: false,
    });
    const updated = await next.update(id, properties, news);
    expect(updated).toMatchObject({ headers: rotated.headers, __provider: expect.any(String) });
    expect(emulator.registrations()).toMatchObject([{ headers: rotated.headers }]);

    const destroy = await configured();
    expect(await destroy.read(id, updated)).toEqual({ id, properties: updated });
    await destroy.delete(id, updated);
    expect(emulator.registrations()).toEqual([
      {
        provider: "Crm",
        agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
      },
    ]);
    expect(destroy.stderr()).toMatch(/^pulumi-vcc: "Crm" in emea is reset: [^\n]*\n$/);
    expect(up.stderr() + next.stderr()).toBe("");
  });

  it("applies its configuration to concurrent calls", async () => {
    const host = await configured({ "vcc:region": "apac" });
    const checks = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        host.check(
          {},
          { ...args, provider: `Crm ${n}`, declaration: { resource: "crm", number: n } },
        ),
      ),
    );
    expect(checks.map(({ inputs }) => inputs.region)).toEqual(Array(20).fill("apac"));
  });

  it("shares one token request between concurrent registrations", async () => {
    const host = await configured();
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const news = { ...args, provider: `Crm ${n}`, declaration: { resource: "crm", number: n } };
        const { inputs } = await host.check({}, news);
        return host.create(inputs);
      }),
    );
    const paths = emulator.requests().map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith("token"))).toHaveLength(1);
    expect(paths.filter((path) => path.endsWith("Register"))).toHaveLength(20);
  });

  it("marks secrets again, which the engine may forget", async () => {
    const host = await configured();
    const declaration = { secret: ["endpoint"] };
    const { secret } = await host.check({}, { ...args, declaration });
    expect(secret.sort()).toEqual(["endpoint", "fingerprintKey", "headers"]);
  });

  it("registers what the environment contains, and returns only the name of the variable", async () => {
    const headers = {
      Authorization: { source: "environment", name: "CRM_TOKEN", prefix: "Bearer " },
    };
    const host = await start({ environment: { CRM_TOKEN: "canary" } });
    await host.configure({ "vcc:region": "emea" });
    const { inputs } = await host.check({}, { ...args, headers });
    const { properties } = await host.create(inputs);
    expect(properties).toMatchObject({ headers, registeredAt: expect.any(String) });
    expect(JSON.stringify([inputs, properties])).not.toContain("canary");
    expect(emulator.registrations()).toMatchObject([
      { headers: { Authorization: "Bearer canary" } },
    ]);

    const without = await configured();
    const kept = await without.check(inputs, { ...args, headers });
    expect(kept.inputs).toEqual(inputs);
  });

  it("passes unknown values through, at any depth", async () => {
    const host = await configured();
    const news = {
      ...args,
      provider: unknownValue,
      endpoint: unknownValue,
      headers: unknownValue,
      agentActionsPermitted: { hold: unknownValue },
    };
    const { inputs, failures } = await host.check({}, news);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      provider: unknownValue,
      headerFingerprints: unknownValue,
      agentActionsPermitted: { release: true, hold: unknownValue },
    });
    expect(emulator.requests()).toEqual([]);
  });

  it("reports all problems without header values", async () => {
    const host = await configured({});
    const { failures } = await host.check(
      {},
      {
        ...args,
        provider: "",
        headers: { Authorization: "canary", "X-A": null },
        header: "canary",
      },
    );
    expect(failures).toEqual(
      [
        "vcc:region (or VCC_REGION) is required: set it to one of emea, nam, apac",
        "provider: the name is empty",
        'headers.Authorization: must be "<type> <credentials>", as bearer(token) or basic(user, password) build it',
        'headers["X-A"]: the value is missing',
        'header: unknown argument; did you mean "headers"?',
      ].map((reason) => ({ property: "", reason })),
    );
    expect(host.stderr()).toBe("");
  });

  it("reports a rejected registration without secrets or a half-created resource", async () => {
    const host = await start({ environment: { VCC_CLIENT_SECRET: "wrong canary" } });
    await host.configure({ "vcc:region": "emea" });
    const failure = created(host);
    await expect(failure).rejects.toThrow("invalid_client");
    await expect(failure).rejects.not.toThrow(/canary/);
    const { metadata } = await failure.catch((error) => error);
    expect(metadata.get("grpc-status-details-bin")).toEqual([]);
  });

  it("prints the error of a delete once, without a stack trace", async () => {
    const { id, properties } = await created(await configured());
    const host = await start({ environment: { VCC_CLIENT_ID: "", VCC_CLIENT_SECRET: "" } });
    await host.configure({ "vcc:region": "emea" });
    await expect(host.delete(id, properties)).rejects.toThrow("there are no credentials");
    expect(host.stderr()).toMatch(/^pulumi-vcc: there are no credentials[^\n]*\n$/);
  });

  it("registers again in place what an edited state does not describe, and resets no unknown name", async () => {
    const { id, inputs, properties } = await created(await configured());
    emulator.reset();
    const host = await configured();
    const edited = { ...properties, region: null, drift: {}, registeredAt: 5 };
    expect(await host.read(id, edited)).toEqual({ id, properties: edited });
    await expect(host.delete(id, edited)).rejects.toThrow('"emea/Crm" cannot be reset');
    expect(emulator.requests()).toEqual([]);

    const news = (await host.check({ ...inputs, fingerprintKey: null }, args)).inputs;
    const place = { replaces: [], deleteBeforeReplace: false };
    expect(await host.diff(id, edited, news)).toEqual({ changes: "some", ...place });
    const repaired = await host.update(id, edited, news);
    expect(emulator.registrations()).toMatchObject([{ provider: "Crm" }]);
    expect(await host.diff(id, repaired, news)).toEqual({ changes: "none", ...place });
  });

  it("without the package echoes on read, and fails all other calls", async () => {
    const { id, properties } = await created(await configured());
    emulator.reset();
    const host = await start({ installed: false });
    await host.configure({ "vcc:region": "emea" });
    expect(await host.read(id, properties)).toEqual({ id, properties });
    const message = "Cannot find module 'pulumi-vcc/dynamic'";
    await expect(host.delete(id, properties)).rejects.toThrow(message);
    await expect(host.check({}, args)).rejects.toThrow(message);
    expect(emulator.requests()).toEqual([]);
  });
});
