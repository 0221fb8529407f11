import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Emulator, startEmulator } from "../../../emulator";
import { fromEnvironment, secretText } from "../../../provider";
import { createAccounts } from "../../../provider/accounts/accounts";
import { createLifecycle } from "../../../provider/lifecycle/lifecycle";
import { idOf, unacknowledgedOutputs } from "../../../provider/lifecycle/state";
import { unknownValue } from "../../../provider/pulumi-values";
import { toProviderSettings } from "../../../provider/vcc/provider-settings";
import { startLossyGateway } from "../../lossy-gateway";

const code = "exports.handler = …";
const args = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer canary", "X-Tenant": "acme" },
  agentActionsPermitted: { hold: 1 },
};
const resetRegistration = {
  provider: "Crm",
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};

let emulator: Emulator;
let logged: string[];
let declarations = 0;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.reset();
  logged = [];
});

/** Simulates a provider process: each engine operation has one. */
function createTestLifecycle(
  environment: Record<string, string | undefined> = {},
  now = () => Date.parse("2026-11-22T12:00:00Z"),
) {
  const accounts = createAccounts(
    {
      VCC_REGION: "emea",
      VCC_CLIENT_ID: "emulator",
      VCC_CLIENT_SECRET: "emulator-secret",
      VCC_API_URL: emulator.apiUrl,
      VCC_AUTH_URL: emulator.authUrl,
      ...environment,
    },
    { clock: { now, waitUntil: async () => {} }, log: (line) => logged.push(line) },
  );
  return createLifecycle({ accounts, environment, log: (line) => logged.push(line), now });
}

type Lifecycle = ReturnType<typeof createTestLifecycle>;

function declared(args: object, name = "crm") {
  declarations += 1;
  const declaration = { resource: name, number: declarations };
  return { declaration, ...args, __provider: code } as never;
}

async function checked(lifecycle: Lifecycle, args: object, olds: object = {}) {
  const { inputs, failures } = await lifecycle.check(olds as never, declared(args));
  if (inputs === undefined) throw new Error(JSON.stringify(failures));
  return inputs;
}

async function reasons(lifecycle: Lifecycle, args: object, name?: string) {
  const { failures } = await lifecycle.check({} as never, declared(args, name));
  return failures?.map(({ property, reason }) => [property, reason]);
}

/** What an earlier engine operation left in the state. */
async function registered(args: object) {
  const lifecycle = createTestLifecycle();
  const inputs = await checked(lifecycle, args);
  const { id, outs } = await lifecycle.create(inputs);
  if (outs === undefined) throw new Error("no outputs");
  emulator.reset();
  return { id, inputs, outs };
}

describe("check", () => {
  it("adds region, permissions, key and fingerprints, and keeps what the program wrote", async () => {
    expect(await checked(createTestLifecycle(), args)).toEqual({
      ...args,
      agentActionsPermitted: {
        release: true,
        hold: true,
        transferToAgent: false,
        transferToRoute: false,
      },
      region: "emea",
      accountFingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      fingerprintKey: expect.stringMatching(/^[\w-]{22}$/),
      headerFingerprints: {
        Authorization: expect.stringMatching(/^[0-9a-f]{12}$/),
        "X-Tenant": expect.stringMatching(/^[0-9a-f]{12}$/),
      },
      drift: "none",
    });
  });

  it("keeps the key of an existing registration, and with it the fingerprints", async () => {
    const first = await checked(createTestLifecycle(), args);
    expect(await checked(createTestLifecycle(), args, first)).toEqual(first);
  });

  it("reports problems of configuration and arguments together, without a property", async () => {
    expect(
      await reasons(createTestLifecycle({ VCC_REGION: undefined }), { ...args, provider: "" }),
    ).toEqual([
      ["", "vcc:region (or VCC_REGION) is required: set it to one of emea, nam, apac"],
      ["", "provider: the name is empty"],
    ]);
  });

  it("prefers the stack's configuration to the environment", async () => {
    const lifecycle = createTestLifecycle();
    await lifecycle.configure({
      config: { get: (key: string) => (key === "vcc:region" ? "nam" : undefined) } as never,
    });
    expect(await checked(lifecycle, args)).toMatchObject({ region: "nam" });
  });

  it("rejects an old version of Node.js, and so does delete", async () => {
    const { id, outs } = await registered(args);
    const { versions } = process;
    const runOn = (node: string) =>
      Object.defineProperty(process, "versions", { value: { ...versions, node } });
    runOn("20.20.2");
    try {
      const message = "Node.js 22.19.0 or newer is required, and this is 20.20.2";
      expect(await reasons(createTestLifecycle(), args)).toEqual([
        ["", expect.stringContaining(message)],
      ]);
      await expect(createTestLifecycle().delete(id, outs)).rejects.toThrow(message);
    } finally {
      runOn(versions.node);
    }
    expect(emulator.requests()).toEqual([]);
  });

  it("is configured synchronously", async () => {
    const lifecycle = createTestLifecycle();
    const configuring = lifecycle.configure({ config: { get: () => "apac" } as never });
    const checking = lifecycle.check({} as never, declared({ ...args, provider: unknownValue }));
    expect((await checking).failures?.[0]?.reason).not.toContain("VCC_REGION");
    await configuring;
  });

  it("passes unknown values of a preview through", async () => {
    const inputs = await checked(createTestLifecycle(), {
      ...args,
      provider: unknownValue,
      headers: unknownValue,
    });
    expect(inputs).toMatchObject({
      provider: unknownValue,
      headers: unknownValue,
      headerFingerprints: unknownValue,
    });
  });

  it("accepts its own additions from a program that ignores all changes", async () => {
    const first = await checked(createTestLifecycle(), args);
    const { inputs } = await createTestLifecycle().check(first, {
      ...first,
      __provider: code,
    } as never);
    expect(inputs).toEqual(first);
  });

  it("rejects a second declaration of a name, within one process", async () => {
    const lifecycle = createTestLifecycle();
    await checked(lifecycle, args);
    expect(await reasons(lifecycle, args, "copy")).toEqual([
      [
        "",
        'provider: the resource "crm" already declares "Crm"; VCC keeps one registration per name',
      ],
    ]);
    expect(await reasons(lifecycle, { ...args, provider: "Other" }, "copy")).toBeUndefined();
    expect(await reasons(createTestLifecycle(), args)).toBeUndefined();
  });

  it("accepts the same declaration twice: the engine checks a replacement twice", async () => {
    const lifecycle = createTestLifecycle();
    const news = declared(args);
    await lifecycle.check({} as never, news);
    expect((await lifecycle.check({} as never, news)).failures).toBeUndefined();
  });

  it("reports a second declaration together with other problems", async () => {
    const lifecycle = createTestLifecycle();
    await checked(lifecycle, args);
    expect(await reasons(lifecycle, { ...args, endpoint: "http://a" }, "copy")).toHaveLength(2);
  });

  it("shows no fingerprint key if resources that ignore all changes share a name", async () => {
    const lifecycle = createTestLifecycle();
    const first = await checked(createTestLifecycle(), args);
    await lifecycle.check(first, { ...first } as never);
    const [[, reason] = []] = (await reasons(lifecycle, args, "copy")) ?? [];
    expect(reason).toContain("another resource already declares");
    expect(reason).not.toContain(first.fingerprintKey.slice(0, 8));
  });

  it("sends nothing and needs no credentials", async () => {
    await checked(
      createTestLifecycle({ VCC_CLIENT_ID: undefined, VCC_CLIENT_SECRET: undefined }),
      args,
    );
    expect(emulator.requests()).toEqual([]);
  });
});

describe("diff", () => {
  it("replaces a registration whose inputs in an edited state lack the name", async () => {
    const { inputs, id, outs } = await registered(args);
    const { provider, ...news } = inputs;
    const diff = await createTestLifecycle().diff(id, outs, news as never);
    expect(diff).toEqual({ replaces: ["provider"], deleteBeforeReplace: false });
  });

  it("ignores changes to properties that are not registered", async () => {
    const { id, outs, inputs } = await registered(args);
    const news = { ...inputs, headerFingerprints: {}, __provider: "newer code" };
    expect(await createTestLifecycle().diff(id, outs, news)).toEqual({ changes: false });
  });

  it("records no account with a token, and registers again once a client is known", async () => {
    const { id, inputs } = await registered(args);
    const token = { VCC_CLIENT_ID: "", VCC_CLIENT_SECRET: "", VCC_ACCESS_TOKEN: "token" };
    const withToken = await checked(createTestLifecycle(token), args, inputs);
    expect(withToken).not.toHaveProperty("accountFingerprint");
    const outs = { ...withToken, registrationFingerprint: "0123456789ab" };
    const nobody = { VCC_CLIENT_ID: "", VCC_CLIENT_SECRET: "" };
    for (const [environment, changes] of [
      [token, false],
      [nobody, false],
      [{}, undefined],
    ] as const) {
      const lifecycle = createTestLifecycle(environment);
      const news = await checked(lifecycle, args, withToken);
      expect((await lifecycle.diff(id, outs, news)).changes).toBe(changes);
    }
  });

  it("does not treat an unknown account as a different one", async () => {
    const { id, outs, inputs } = await registered(args);
    const lifecycle = createTestLifecycle({
      VCC_CLIENT_ID: "",
      VCC_CLIENT_SECRET: "",
      VCC_API_URL: "",
    });
    const news = await checked(lifecycle, args, inputs);
    expect(await lifecycle.diff(id, outs, news)).toEqual({ changes: false });
  });

  it.each<[string, object, Record<string, string>?]>([
    ["an endpoint", { endpoint: "https://crm.example.com/v2" }],
    ["no endpoint", { endpoint: undefined }],
    ["an account", {}, { VCC_CLIENT_ID: "other" }],
    ["a URL", {}, { VCC_API_URL: "https://vcc.example.com" }],
    ["a header", { headers: { Authorization: "Bearer other", "X-Tenant": "acme" } }],
    ["a permission", { agentActionsPermitted: {} }],
  ])("lets the engine print a change of %s", async (_what, change, environment = {}) => {
    const { id, outs, inputs } = await registered(args);
    const lifecycle = createTestLifecycle(environment);
    const news = await checked(lifecycle, { ...args, ...change }, inputs);
    expect(await lifecycle.diff(id, outs, news)).toEqual({
      replaces: [],
    });
  });

  it.each([
    ["the name", { provider: "Other" }, {}, ["provider"], false],
    ["the name's case", { provider: "CRM" }, {}, ["provider"], true],
    ["the header and the name's case", { provider: "CRM", headers: {} }, {}, ["provider"], true],
    [
      "the name's case and the account",
      { provider: "CRM" },
      { VCC_CLIENT_ID: "other" },
      ["provider"],
      false,
    ],
    ["the region", {}, { VCC_REGION: "nam" }, ["region"], false],
    [
      "name case and region",
      { provider: "CRM" },
      { VCC_REGION: "nam" },
      ["provider", "region"],
      false,
    ],
    ["a name to one that is not yet known", { provider: unknownValue }, {}, ["provider"], false],
  ])(
    "replaces for a change of %s",
    async (_what, change, environment, replaces, deleteBeforeReplace) => {
      const { id, outs, inputs } = await registered(args);
      const lifecycle = createTestLifecycle(environment);
      const news = await checked(lifecycle, { ...args, ...change }, inputs);
      expect(await lifecycle.diff(id, outs, news)).toEqual({ replaces, deleteBeforeReplace });
    },
  );
});

describe("an up that does not know an argument", () => {
  /** The engine leaves out the argument; only the program knows where it is unknown. */
  async function checkedWithout(argument: keyof typeof args | "account", path: string) {
    const lifecycle = createTestLifecycle();
    const { [argument as "provider"]: _unknown, ...known } = args;
    const declaration = { resource: "crm", number: 0, unknown: { [argument]: path } };
    return { lifecycle, inputs: await checked(lifecycle, { ...known, declaration }) };
  }

  it.each([
    ["provider", "provider"],
    ["account", "account"],
    ["endpoint", "endpoint"],
    ["headers", 'headers["Authorization"]'],
    ["agentActionsPermitted", 'agentActionsPermitted["hold"]'],
  ] as const)("passes the check, and then sends nothing: %s", async (argument, path) => {
    const { id, outs } = await registered(args);
    const { lifecycle, inputs } = await checkedWithout(argument, path);
    expect(JSON.stringify(inputs)).not.toContain(unknownValue);
    expect(inputs).not.toHaveProperty(argument);
    expect(await lifecycle.diff(id, outs, inputs)).toEqual({ changes: true });
    const message = `${path}: still unknown; nothing was sent`;
    await expect(lifecycle.create(inputs)).rejects.toThrow(message);
    await expect(lifecycle.update(id, outs, inputs)).rejects.toThrow(message);
    expect(emulator.requests()).toEqual([]);
  });

  it.each(["provider", "account"] as const)(
    "resets no other registration, which may be the one with the unknown %s",
    async (argument) => {
      const { id, outs } = await registered({ ...args, provider: "Other" });
      const { lifecycle } = await checkedWithout(argument, argument);
      await expect(lifecycle.delete(id, outs)).rejects.toThrow(
        '"Other" in emea is not reset: another resource may declare it',
      );
      expect(emulator.requests()).toEqual([]);
    },
  );

  it("resets a name that none of the unknown arguments concerns", async () => {
    const { id, outs } = await registered({ ...args, provider: "Other" });
    const { lifecycle } = await checkedWithout("endpoint", "endpoint");
    await lifecycle.delete(id, outs);
    expect(emulator.registrations()).toEqual([{ ...resetRegistration, provider: "Other" }]);
  });
});

describe("delete of a state with an unknown value", () => {
  it.each(["provider", "account"])("sends nothing: %s", async (property) => {
    const { id, outs } = await registered(args);
    const deleted = createTestLifecycle().delete(id, { ...outs, [property]: unknownValue });
    await expect(deleted).rejects.toThrow(`(missing or invalid: ${property})`);
    expect(emulator.requests()).toEqual([]);
  });
});

describe("diff with an access token", () => {
  it("finds nothing to do, although its client is unknown", async () => {
    const { id, inputs, outs } = await registered(args);
    const lifecycle = createTestLifecycle({ VCC_CLIENT_ID: "", VCC_ACCESS_TOKEN: "token" });
    const news = await checked(lifecycle, args, inputs);
    expect(news).not.toHaveProperty("accountFingerprint");
    expect(await lifecycle.diff(id, outs, news)).toEqual({ changes: false });
  });
});

describe("create and update", () => {
  it.each([
    ["provider", { provider: unknownValue }],
    ["account", { account: unknownValue }],
    ["endpoint", { endpoint: unknownValue }],
    ["headers", { headers: unknownValue }],
    ['headers["Authorization"]', { headers: { Authorization: unknownValue } }],
    ['agentActionsPermitted["hold"]', { agentActionsPermitted: { hold: unknownValue } }],
    ["reassertEvery", { reassertEvery: unknownValue }],
    ['witness["url"]', { witness: { url: unknownValue } }],
  ])("send nothing while %s is unknown", async (path, unknown) => {
    const { id, outs, inputs } = await registered(args);
    const news = { ...inputs, ...unknown } as never;
    const message = `${path}: still unknown; nothing was sent`;
    await expect(createTestLifecycle().create(news)).rejects.toThrow(message);
    await expect(createTestLifecycle().update(id, outs, news)).rejects.toThrow(message);
    expect(emulator.requests()).toEqual([]);
  });

  it("register again what a replacement has reset before the engine compared it", async () => {
    const { id, inputs, outs } = await registered(args);
    const lifecycle = createTestLifecycle();
    // Of another resource with this name, which a failed operation has left in the state.
    await lifecycle.delete(id, outs);
    const news = await checked(lifecycle, args, inputs);
    expect(await lifecycle.diff(id, outs, news)).toEqual({ changes: true });
  });

  it("register the settings and return all outputs", async () => {
    const lifecycle = createTestLifecycle();
    const inputs = await checked(lifecycle, args);
    const { id, outs } = await lifecycle.create(inputs);
    expect(id).toBe("emea/Crm");
    expect(outs).toEqual({
      ...inputs,
      registrationFingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      registeredAt: "2026-11-22T12:00:00.000Z",
    });
    expect(emulator.registrations()).toEqual([
      {
        provider: "Crm",
        endpoint: args.endpoint,
        headers: args.headers,
        agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
      },
    ]);

    const next = createTestLifecycle();
    const changed = await checked(next, { provider: "Crm", agentActionsPermitted: {} }, inputs);
    expect((await next.update(id, outs as never, changed)).outs).toEqual({
      ...changed,
      registrationFingerprint: expect.not.stringMatching(outs?.registrationFingerprint ?? ""),
      registeredAt: "2026-11-22T12:00:00.000Z",
    });
    expect(emulator.registrations()).toEqual([resetRegistration]);
  });

  it("fail without credentials before anything is sent", async () => {
    const lifecycle = createTestLifecycle({ VCC_CLIENT_SECRET: undefined });
    const inputs = await checked(lifecycle, args);
    await expect(lifecycle.create(inputs)).rejects.toThrow(
      "vcc:clientId (or VCC_CLIENT_ID) is set, but vcc:clientSecret (or VCC_CLIENT_SECRET) is not",
    );
    expect(emulator.requests()).toEqual([]);
  });

  it("fail without an id, so that the engine records no half-created resource", async () => {
    const lifecycle = createTestLifecycle({ VCC_CLIENT_SECRET: "wrong" });
    const failure = lifecycle.create(await checked(lifecycle, args));
    await expect(failure).rejects.toThrow("invalid_client");
    await expect(failure).rejects.not.toHaveProperty("id");
  });
});

describe("a secret of the environment", () => {
  it("is hidden in an error that quotes it, even if it is a word", async () => {
    const vcc = createServer((_request, response) => {
      response.writeHead(400).end('{"message": "the password sesame is wrong"}');
    }).listen(0, "127.0.0.1");
    await once(vcc, "listening");
    const lifecycle = createTestLifecycle({
      VCC_API_URL: `http://127.0.0.1:${(vcc.address() as AddressInfo).port}`,
      VCC_ACCESS_TOKEN: "token",
      PASSWORD: "sesame",
    });
    const headers = { "X-Key": secretText`open ${fromEnvironment("PASSWORD")}` };
    const inputs = await checked(lifecycle, { ...args, headers });
    await expect(lifecycle.create(inputs)).rejects.toThrow('"the password … is wrong"');
    vcc.close();
  });
});

describe("a registration without an acknowledgement", () => {
  it("names the account that still has the former registration, since the state forgets it", async () => {
    const { id, inputs, outs } = await registered(args);
    const gateway = await startLossyGateway(emulator);
    const lifecycle = createTestLifecycle({ VCC_API_URL: gateway.apiUrl });
    const news = await checked(lifecycle, args, inputs);
    await expect(lifecycle.update(id, outs, news)).rejects.toHaveProperty("id");
    gateway.close();
    expect(logged).toEqual([
      '"Crm" in emea was previously registered by another API client or through another URL. ' +
        "If that is a different account, the registration still exists there.",
    ]);
  });

  it("is recorded, and registered again whatever the program declares next", async () => {
    const { id, inputs, outs } = await registered(args);
    const changed = { ...args, endpoint: "https://crm.example.com/v2" };
    const gateway = await startLossyGateway(emulator);
    const lifecycle = createTestLifecycle({ VCC_API_URL: gateway.apiUrl });
    const news = await checked(lifecycle, changed, inputs);
    const error = await lifecycle.update(id, outs, news).catch((error) => error);
    gateway.close();
    expect(error.message).toMatch(/504 .*VCC may still have accepted the registration/);
    expect(error).toMatchObject({
      id,
      reasons: [error.message],
      properties: {
        endpoint: changed.endpoint,
        registeredAt: outs.registeredAt,
        drift: "sent at 2026-11-22T12:00:00.000Z, not acknowledged",
      },
    });
    expect(emulator.registrations()).toMatchObject([{ endpoint: changed.endpoint }]);

    for (const program of [args, changed]) {
      const next = createTestLifecycle({ VCC_API_URL: gateway.apiUrl });
      const difference = await next.diff(
        id,
        error.properties,
        await checked(next, program, inputs),
      );
      expect(difference).toEqual(program === changed ? { changes: true } : { replaces: [] });
    }
  });

  it("shows up in a refresh as an input that differs", async () => {
    const { id, outs } = await registered(args);
    const props = { ...outs, drift: "sent at …, not acknowledged" };
    const { registrationFingerprint, registeredAt, ...inputs } = props;
    expect(await createTestLifecycle().read(id, props)).toEqual({ id, props, inputs });
  });
});

describe("read", () => {
  it("returns the state, because VCC has no read endpoint", async () => {
    const { id, outs } = await registered(args);
    expect(await createTestLifecycle().read(id, outs)).toEqual({ id, props: outs });
    expect(emulator.requests()).toEqual([]);
  });
});

describe("delete", () => {
  it("resets the name and logs it", async () => {
    const { id, outs } = await registered(args);
    await createTestLifecycle().delete(id, outs);
    expect(emulator.registrations()).toEqual([resetRegistration]);
    expect(logged).toEqual([
      '"Crm" in emea is reset: no endpoint, no headers, only release permitted. VCC cannot delete a registration, so the name itself remains. Another stack or tool that registers this name is reset, too: it must register again.',
    ]);
  });

  it("keeps a name that this process has checked: its resource was renamed", async () => {
    const { id, outs } = await registered(args);
    const lifecycle = createTestLifecycle();
    await checked(lifecycle, args);
    await lifecycle.delete(id, outs);
    expect(emulator.requests()).toEqual([]);
    expect(logged).toEqual(['"Crm" in emea is not reset: this program declares it.']);
  });

  it("keeps a name in another region, and logs it", async () => {
    const { id, outs } = await registered(args);
    await createTestLifecycle({ VCC_REGION: "nam" }).delete(id, outs);
    expect(emulator.requests()).toEqual([]);
    expect(logged).toEqual([
      expect.stringContaining('"Crm" in emea is not reset: this account is in nam'),
    ]);
  });

  it.each([
    ["case", "Crm", "CRM"],
    ["Unicode normalization", "Caf\u00e9", "Cafe\u0301"],
  ])("resets a name that changes only its %s, and then registers", async (_what, former, name) => {
    const { id, inputs, outs } = await registered({ ...args, provider: former });
    const lifecycle = createTestLifecycle();
    const renamed = declared({ ...args, provider: name });
    const news = await lifecycle.check(inputs, renamed);
    expect(await lifecycle.diff(id, outs, news.inputs as never)).toMatchObject({
      deleteBeforeReplace: true,
    });
    const { inputs: replacement } = await lifecycle.check({} as never, renamed);
    await lifecycle.delete(id, outs);
    await lifecycle.create(replacement as never);
    expect(emulator.registrations()).toMatchObject([
      { ...resetRegistration, provider: former },
      { provider: name, endpoint: args.endpoint },
    ]);
    // Another resource of the former name, which a failed operation has left in the state.
    await lifecycle.delete(id, outs);
    expect(logged.at(-1)).toContain(`this program declares "${name}", which VCC may treat as`);
  });

  it("keeps a name that another API client registered, or the same client through another URL", async () => {
    const { id, outs } = await registered(args);
    for (const environment of [
      { VCC_CLIENT_ID: "other" },
      { VCC_API_URL: "https://vcc.example.com" },
    ]) {
      const message = "another API client registered it, or this client through another URL";
      // A destroy fails, so that the state keeps it. An up skips it and logs that.
      await expect(createTestLifecycle(environment).delete(id, outs)).rejects.toThrow(message);
      const up = createTestLifecycle(environment);
      await checked(up, { ...args, provider: "Other" });
      await up.delete(id, outs);
      expect(logged.splice(0)).toEqual([expect.stringContaining(message)]);
    }
    expect(emulator.requests()).toEqual([]);
    await createTestLifecycle({ VCC_API_URL: `${emulator.apiUrl}/` }).delete(id, outs);
    expect(emulator.registrations()).toEqual([resetRegistration]);
  });

  it("resets with an access token, although its client is unknown", async () => {
    const { id, outs } = await registered(args);
    const response = await fetch(emulator.authUrl, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "emulator",
        client_secret: "emulator-secret",
        scope: "interactions:write",
      }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    await createTestLifecycle({
      VCC_CLIENT_ID: "",
      VCC_CLIENT_SECRET: "",
      VCC_ACCESS_TOKEN: access_token,
    }).delete(id, outs);
    expect(emulator.registrations()).toEqual([resetRegistration]);
  });

  it("reports after a lost response that the name may be reset", async () => {
    const { id, outs } = await registered(args);
    const gateway = await startLossyGateway(emulator);
    const lifecycle = createTestLifecycle({ VCC_API_URL: gateway.apiUrl });
    const { accountFingerprint, ...unknownAccount } = outs;
    await expect(lifecycle.delete(id, unknownAccount)).rejects.toThrow(
      "VCC may still have accepted the registration: run pulumi destroy again, or, to keep the registration, pulumi up --replace",
    );
    gateway.close();
  });

  it("fails without settings, instead of skipping the reset", async () => {
    const { id, outs } = await registered(args);
    await expect(createTestLifecycle({ VCC_REGION: undefined }).delete(id, outs)).rejects.toThrow(
      "vcc:region (or VCC_REGION) is required",
    );
  });

  const nobody = { VCC_CLIENT_ID: undefined, VCC_CLIENT_SECRET: undefined };
  it.each<[string, Record<string, string | undefined>, string]>([
    ["no credentials", nobody, "there are no credentials"],
    ["a former secret", { VCC_CLIENT_SECRET: "former" }, '400 Bad Request: "invalid_client'],
    ["no region", { VCC_REGION: undefined }, "vcc:region (or VCC_REGION) is required"],
    ["a former client", { VCC_CLIENT_ID: "former" }, "another API client registered it"],
    ["a host that is gone", { VCC_AUTH_URL: "http://127.0.0.1:1" }, "ECONNREFUSED"],
    ["a CA file that is gone", { VCC_CA_FILE: "/gone.pem" }, "/gone.pem"],
    ["no such account", { account: "acme" }, "its account is not configured"],
  ])(
    "says how to use other settings than those of the last up: %s",
    async (_what, environment, reason) => {
      const { account, ...variables } = environment;
      const { id, outs } = await registered(args);
      const props = account === undefined ? outs : { ...outs, account };
      const failure = await createTestLifecycle(variables)
        .delete(id, props)
        .catch((error) => error);
      expect(failure.message).toContain(reason);
      expect(failure.message).toMatch(
        /If you changed the settings since the last pulumi up, run pulumi up first, or pulumi destroy --run-program$/,
      );
    },
  );

  it("does not say so in an up, which has the settings of now", async () => {
    const { id, outs } = await registered(args);
    const up = createTestLifecycle(nobody);
    await checked(up, { ...args, provider: "Other" });
    await expect(up.delete(id, outs)).rejects.toThrow(/^((?!since the last).)*$/);
  });

  it("does not say so of a failure of VCC", async () => {
    // Not 429: with the fixed clock of this test, waiting for the limit never ends.
    const { id, outs } = await registered(args);
    emulator.fail({ target: "register", times: 99, fault: { kind: "status", status: 503 } });
    await expect(createTestLifecycle().delete(id, outs)).rejects.toThrow(
      /503((?!since the last).)*$/,
    );
  });
});

describe("reassertEvery", () => {
  const daily = { ...args, reassertEvery: "1d" };
  const lifecycleAt = (moment: string, environment = {}) =>
    createTestLifecycle(environment, () => Date.parse(moment));

  it("has the window as an input, and registers once per window", async () => {
    const { id, inputs, outs } = await registered(daily);
    expect(inputs).toMatchObject({ reassertEvery: "1d", reassertWindow: "2026-11-22T00:00:00Z" });

    const later = lifecycleAt("2026-11-22T23:59:59Z");
    expect(await later.diff(id, outs, await checked(later, daily, inputs))).toEqual({
      changes: false,
    });

    const next = lifecycleAt("2026-11-23T00:10:00Z");
    const news = await checked(next, daily, inputs);
    expect(news.reassertWindow).toBe("2026-11-23T00:00:00Z");
    expect(await next.diff(id, outs, news)).toEqual({ replaces: [] });
    const updated = await next.update(id, outs, news);
    expect(emulator.registrations()).toHaveLength(1);
    expect(updated.outs).toMatchObject({
      reassertWindow: "2026-11-23T00:00:00Z",
      registeredAt: "2026-11-23T00:10:00.000Z",
      registrationFingerprint: outs.registrationFingerprint,
    });
    expect(logged).toEqual([]);
  });

  it("logs that a window has just begun, since earlier previews do not show it", async () => {
    const { id, inputs, outs } = await registered(daily);
    const next = lifecycleAt("2026-11-23T00:09:59Z");
    await next.update(id, outs, await checked(next, daily, inputs));
    expect(logged).toEqual([
      '"Crm" in emea is registered again: its window began 9 min ago, at 2026-11-23T00:00:00Z; earlier previews do not show it.',
    ]);
  });

  it("uses one moment for all registrations of an operation", async () => {
    const moments = ["2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00.001Z"].map(Date.parse);
    const lifecycle = createTestLifecycle({}, () => moments.shift() ?? Number.NaN);
    const first = await checked(lifecycle, daily);
    const second = await checked(lifecycle, { ...daily, provider: "Other" });
    const window = "2026-11-22T00:00:00Z";
    expect([first.reassertWindow, second.reassertWindow]).toEqual([window, window]);
  });

  it("defaults to the setting of the account", async () => {
    const environment = { VCC_REASSERT_EVERY: "1w" };
    expect(await checked(createTestLifecycle(environment), args)).toMatchObject({
      reassertEvery: "1w",
      reassertWindow: "2026-11-16T00:00:00Z",
    });
    expect(await checked(createTestLifecycle(environment), daily)).toMatchObject({
      reassertEvery: "1d",
      reassertWindow: "2026-11-22T00:00:00Z",
    });
    expect(await checked(createTestLifecycle(), args)).not.toHaveProperty("reassertWindow");
    expect(await reasons(createTestLifecycle({ VCC_REASSERT_EVERY: "1y" }), args)).toEqual([
      ["", 'vcc:reassertEvery (or VCC_REASSERT_EVERY) must be a duration like "12h", "7d" or "2w"'],
    ]);
    expect(await reasons(createTestLifecycle(), { ...args, reassertEvery: "400d" })).toEqual([
      ["", "reassertEvery: must be at most 365d"],
    ]);
  });

  it("is not a change when it is removed, and stays unknown while it is unknown", async () => {
    const { id, inputs, outs } = await registered(daily);
    const lifecycle = createTestLifecycle();
    expect(await lifecycle.diff(id, outs, await checked(lifecycle, args, inputs))).toEqual({
      changes: false,
    });
    expect(
      await checked(createTestLifecycle(), { ...args, reassertEvery: unknownValue }),
    ).toMatchObject({
      reassertWindow: unknownValue,
    });
  });
});

describe("an adopted registration", () => {
  /** As `pulumi-vcc adopt` records it: nothing is sent. */
  async function adopted(args: object) {
    const inputs = await checked(createTestLifecycle(), args);
    const headers = (inputs.headers ?? {}) as Record<string, string>;
    return {
      id: idOf(inputs),
      inputs,
      outs: unacknowledgedOutputs(inputs, toProviderSettings({ ...inputs, headers })),
    };
  }

  it("has the outputs of a registered one, except for the time", async () => {
    const { id, inputs, outs } = await adopted(args);
    const created = await createTestLifecycle().create(inputs);
    const { registeredAt, ...others } = created.outs ?? {};
    expect(registeredAt).toBeDefined();
    expect([id, outs]).toEqual([created.id, others]);
  });

  it("is registered by the first update that changes something", async () => {
    const { id, inputs, outs } = await adopted(args);
    const lifecycle = createTestLifecycle();
    const same = await checked(lifecycle, args, inputs);
    expect(await lifecycle.diff(id, outs, same)).toEqual({ changes: false });
    expect((await lifecycle.read(id, outs)).props).toEqual(outs);
    expect(emulator.requests()).toEqual([]);
    const changed = await checked(createTestLifecycle(), { ...args, headers: {} }, inputs);
    expect((await createTestLifecycle().update(id, outs, changed)).outs).toMatchObject({
      registeredAt: "2026-11-22T12:00:00.000Z",
    });
    expect(emulator.registrations()).toHaveLength(1);
  });

  it("is registered when its next window begins, not at once", async () => {
    const daily = { ...args, reassertEvery: "1d" };
    const { id, inputs, outs } = await adopted(daily);
    const diffAt = async (moment: string) => {
      const lifecycle = createTestLifecycle({}, () => Date.parse(moment));
      return lifecycle.diff(id, outs, await checked(lifecycle, daily, inputs));
    };
    expect(await diffAt("2026-11-22T23:59:59Z")).toEqual({ changes: false });
    expect(await diffAt("2026-11-23T00:00:00Z")).toEqual({ replaces: [] });
  });
});

describe("a registration with a witness", () => {
  const witnessed = { ...args, witness: "https://crm.example.com/witness" };
  const registrationHeader = () => emulator.registrations()[0]?.headers?.["X-Vcc-Registration"];

  it("carries its fingerprint, which does not depend on the witness", async () => {
    const lifecycle = createTestLifecycle();
    const { outs } = await lifecycle.create(await checked(lifecycle, witnessed));
    expect(outs?.registrationFingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(registrationHeader()).toBe(outs?.registrationFingerprint);
    expect(outs?.headers).toEqual(args.headers);

    const next = createTestLifecycle();
    const without = await checked(next, args, outs);
    const updated = await next.update("id", outs as never, without);
    expect(registrationHeader()).toBeUndefined();
    expect(updated.outs?.registrationFingerprint).toBe(outs?.registrationFingerprint);
  });

  it("is registered again if it gains or loses the witness, but not for another URL", async () => {
    const { outs } = await registered(witnessed);
    const diff = async (changes: object) => {
      const lifecycle = createTestLifecycle();
      const inputs = await checked(lifecycle, { ...witnessed, ...changes }, outs);
      return lifecycle.diff("id", outs, inputs);
    };
    expect(await diff({})).toEqual({ changes: false });
    expect(await diff({ witness: false })).toMatchObject({ replaces: [] });
    expect(await diff({ witness: "https://other.example/" })).toEqual({});
  });

  it("stores another URL without a request, and keeps what it knew", async () => {
    const { outs } = await registered(witnessed);
    const known = { ...outs, verifiedAt: "2026-11-22T11:00:00.000Z", evidence: "verified" };
    const lifecycle = createTestLifecycle();
    const changes = { ...witnessed, witness: { url: "https://other.example/", required: true } };
    const inputs = await checked(lifecycle, changes, outs);
    const updated = await lifecycle.update("id", known, inputs);
    expect(updated.outs).toEqual({ ...known, ...inputs });
    expect(emulator.requests()).toEqual([]);
  });

  it("remembers the registration before, and when the same one was last seen", async () => {
    const { outs } = await registered(witnessed);
    const known = { ...outs, verifiedAt: "2026-11-22T11:00:00.000Z", evidence: "verified" };
    /** A registration for other arguments, or because of drift. */
    const updated = async (olds: typeof outs, args: object) => {
      const lifecycle = createTestLifecycle();
      const inputs = await checked(lifecycle, args, outs);
      const { outs: updatedOuts } = await lifecycle.update("id", olds, inputs);
      return updatedOuts as typeof outs;
    };
    const daily = { ...witnessed, reassertEvery: "1d" };
    const same = await updated({ ...known, reassertWindow: "2026-11-01T00:00:00Z" }, daily);
    expect(same).toMatchObject({ verifiedAt: known.verifiedAt });
    expect(await updated({ ...known, drift: "drifted: …" }, witnessed)).not.toHaveProperty(
      "verifiedAt",
    );
    expect(same).not.toHaveProperty("formerFingerprint");
    expect(same).not.toHaveProperty("evidence");

    const rotated = { ...witnessed, headers: { Authorization: "Bearer other" } };
    const other = await updated(known, rotated);
    expect(other).toMatchObject({ formerFingerprint: outs.registrationFingerprint });
    expect(other).not.toHaveProperty("verifiedAt");
    // Registered once more, the former one is as foreign as any other.
    const again = await updated({ ...other, drift: "sent" }, rotated);
    expect(again).not.toHaveProperty("formerFingerprint");
  });

  it("does not share the witness with another one", async () => {
    const lifecycle = createTestLifecycle();
    await checked(lifecycle, witnessed);
    const second = { ...witnessed, provider: "Second" };
    expect(await reasons(lifecycle, second, "second")).toEqual([
      [
        "",
        'witness: the resource "crm" has the same witness, which cannot tell their notifications apart: ' +
          "give each its own URL",
      ],
    ]);
    const other = { ...witnessed, provider: "Third", witness: "https://crm.example.com/other" };
    expect(await reasons(lifecycle, other, "third")).toBeUndefined();
  });

  it("returns inputs from read when drift begins and when it ends, but not between", async () => {
    const { outs } = await registered(witnessed);
    let registration: string | null = null;
    const witness = createServer((_request, response) => {
      const time = new Date(Date.parse("2026-11-22T12:30:00Z")).toISOString();
      const observation = {
        firstSeenAt: time,
        lastSeenAt: time,
        returnedAt: null,
        replacedAt: null,
      };
      const registrations = [{ registration, headerSet: "default", ...observation }];
      response.end(
        JSON.stringify({
          version: 1,
          at: "2026-11-22T13:00:00Z",
          since: time,
          provider: null,
          registrations,
          headerSets: [],
          lastRefusedAt: null,
        }),
      );
    }).listen(0, "127.0.0.1");
    await once(witness, "listening");
    const url = `http://127.0.0.1:${(witness.address() as AddressInfo).port}`;
    const read = async (olds: object) => {
      const lifecycle = createTestLifecycle({ VCC_WITNESS_TOKEN: "w" }, () =>
        Date.parse("2026-11-22T13:00:00Z"),
      );
      return lifecycle.read("id", { ...outs, witness: url, ...olds } as never);
    };
    const begun = await read({});
    expect(begun.inputs?.drift).toMatch(/^drifted: /);
    expect(begun.inputs).not.toHaveProperty("registrationFingerprint");
    expect(begun.inputs).not.toHaveProperty("evidence");
    registration = outs.registrationFingerprint;
    const ended = await read(begun.props ?? {});
    expect([ended.inputs?.drift, ended.props?.drift]).toEqual(["none", "none"]);
    expect(await read(ended.props ?? {})).not.toHaveProperty("inputs");
    witness.close();
    witness.closeAllConnections();
  });

  it("updates for recorded drift, which the engine shows", async () => {
    const { outs } = await registered(witnessed);
    const lifecycle = createTestLifecycle();
    const inputs = await checked(lifecycle, witnessed, outs);
    const diff = (drift: string) => lifecycle.diff("id", { ...outs, drift }, inputs);
    expect(await diff("drifted: …")).toMatchObject({ replaces: [] });
    expect(await diff("drifted: …")).not.toHaveProperty("changes");
    expect(await diff("sent at …, not acknowledged")).toEqual({ changes: true });
  });
});

describe("a state that other code wrote", () => {
  // What a hand-written `class Vcc extends pulumi.dynamic.Resource` may have left.
  it.each<[string, object]>([
    ["the arguments of other code", { name: "Crm", url: "https://a", secret: "canary" }],
    ["the API's names", { ...resetRegistration, headers: { Authorization: "canary" } }],
    ["the names of this package, other values", { ...args, provider: "Old", region: "nam" }],
    ["the same type names, other types", { provider: {}, region: [], drift: null, witness: 1 }],
    ["an account", { provider: "Crm", region: "emea", account: "acme", endpoint: "not a URL" }],
    ["nothing", {}],
  ])("is updated in place, and registered once: %s", async (_what, old) => {
    const lifecycle = createTestLifecycle();
    const foreign = { ...old, __provider: "exports.handler = () => ({})" } as never;
    const inputs = await checked(lifecycle, args, foreign);
    expect(await lifecycle.diff("old-1", foreign, inputs)).toEqual({ changes: true });
    expect(logged.join("\n")).toMatch(/^"Crm" in emea: .*\. pulumi up registers it again in place/);
    expect(logged.join("\n")).not.toContain("canary");
    const { outs } = await lifecycle.update("old-1", foreign, inputs);
    expect(emulator.registrations()).toMatchObject([{ provider: "Crm" }]);
    expect(emulator.requests().filter(({ path }) => path.endsWith("/Register"))).toHaveLength(1);

    const next = createTestLifecycle();
    const same = await checked(next, args, inputs);
    expect(await next.diff("old-1", outs as never, same)).toEqual({ changes: false });
  });

  it("is recorded as this package's own, if the response is lost", async () => {
    const lifecycle = createTestLifecycle();
    const inputs = await checked(lifecycle, args, { name: "Crm" });
    emulator.fail({ target: "register", times: 99, fault: { kind: "reset" } });
    const failure = await lifecycle
      .update("old-1", { name: "Crm" } as never, inputs)
      .catch((e) => e);
    expect(failure).toMatchObject({ id: "old-1", properties: { provider: "Crm", region: "emea" } });
    emulator.reset();
    const next = createTestLifecycle();
    const again = await checked(next, args, inputs);
    expect(await next.diff("old-1", failure.properties, again)).toEqual({ changes: true });
    expect(logged.filter((line) => line.includes("in place"))).toEqual([]);
  });
});

describe("an edited state", () => {
  const edits: Array<[string, object]> = [
    ["no provider", { provider: undefined }],
    ["an empty provider", { provider: "" }],
    ["no region", { region: undefined }],
    ["another region than VCC has", { region: "EMEA" }],
    ["an account that is no text", { account: 5 }],
    ["no fingerprintKey", { fingerprintKey: undefined }],
    ["a fingerprintKey that is no text", { fingerprintKey: { secure: "…" } }],
    ["no drift", { drift: undefined }],
    ["a drift that is null", { drift: null }],
    ["no registrationFingerprint", { registrationFingerprint: undefined }],
    ["a registeredAt that is a number", { registeredAt: 1 }],
    ["no headerFingerprints", { headerFingerprints: null }],
    ["a witness that is null", { witness: null }],
    ["a witness of another shape", { witness: { url: 1 } }],
    ["an endpoint that is no URL", { endpoint: "crm.example.com", witness: true }],
    ["an evidence that is an object", { evidence: {} }],
  ];
  const locating = ["provider", "region", "account", "accountFingerprint", "fingerprintKey"];

  const edited = (outs: object, edit: object) =>
    JSON.parse(JSON.stringify({ ...outs, ...edit })) as never;

  it.each(edits)("is registered again in place: %s", async (_what, edit) => {
    const { id, outs, inputs } = await registered(args);
    for (const olds of [edited(inputs, edit), inputs, {}]) {
      const lifecycle = createTestLifecycle();
      const news = await checked(lifecycle, args, olds);
      expect(await lifecycle.diff(id, edited(outs, edit), news)).toEqual({ changes: true });
      const { outs: repaired } = await lifecycle.update(id, edited(outs, edit), news);
      expect(emulator.registrations()).toMatchObject([{ provider: "Crm" }]);
      expect(await createTestLifecycle().diff(id, repaired as never, news)).toEqual({
        changes: false,
      });
      expect(logged.join("\n")).not.toContain("another API client");
      emulator.reset();
    }
  });

  it.each(edits)("is kept by a refresh that says what to do: %s", async (_what, edit) => {
    const { id, outs } = await registered(args);
    const olds = edited(outs, edit);
    const lifecycle = createTestLifecycle();
    expect(await lifecycle.read(id, olds)).toEqual({ id, props: olds });
    // The engine does so during a refresh.
    await lifecycle.diff(id, olds, outs);
    expect(logged).toEqual([
      expect.stringMatching(
        /("Crm" in emea|"emea\/Crm").*: .*\. pulumi up registers it again in place/,
      ),
    ]);
  });

  it("fails a refresh whose witness is required", async () => {
    const { id, outs } = await registered(args);
    const olds = edited(outs, { witness: { required: true }, drift: undefined });
    await expect(createTestLifecycle().read(id, olds)).rejects.toThrow(
      "pulumi up registers it again",
    );
  });

  it.each(edits)("is reset, or kept by a destroy that fails: %s", async (_what, edit) => {
    const { id, outs } = await registered(args);
    const destroy = createTestLifecycle().delete(id, edited(outs, edit));
    if (Object.keys(edit).some((key) => locating.includes(key))) {
      await expect(destroy).rejects.toThrow(
        /("Crm" in emea|"emea\/Crm") cannot be reset.*pulumi up/,
      );
      expect(emulator.requests()).toEqual([]);
    } else {
      await destroy;
      expect(emulator.registrations()).toEqual([resetRegistration]);
    }
  });

  it("without any output is registered again, and kept by refresh and destroy", async () => {
    const { id, inputs } = await registered(args);
    const lifecycle = createTestLifecycle();
    expect(await lifecycle.diff(id, {} as never, inputs)).toEqual({ changes: true });
    expect(await lifecycle.read(id, {} as never)).toEqual({ id, props: {} });
    await expect(lifecycle.delete(id, {} as never)).rejects.toThrow('"emea/Crm" cannot be reset');
  });

  it("whose inputs have lost the key gets another one, and is registered again", async () => {
    const { id, inputs, outs } = await registered(args);
    const { fingerprintKey: _lost, ...olds } = inputs;
    const lifecycle = createTestLifecycle();
    const news = await checked(lifecycle, args, olds);
    expect(await lifecycle.diff(id, outs, news)).toEqual({ changes: true });
    await lifecycle.update(id, outs, news);
    expect(emulator.registrations()).toMatchObject([{ provider: "Crm" }]);
    expect(logged).toEqual([]);
  });
});
