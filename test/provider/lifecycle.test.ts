import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { createAccount } from "../../provider/account";
import { createEngineRun, type EngineRun } from "../../provider/engine-run";
import { createLifecycle } from "../../provider/lifecycle";
import { unknown } from "../../provider/unknown";
import { startLossyGateway } from "../lossy-gateway";

const code = "exports.handler = …";
const args = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer canary", "X-Tenant": "acme" },
  agentActionsPermitted: { hold: 1 },
};
const leastPowerful = {
  provider: "Crm",
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};

let emulator: Emulator;
let told: string[];
let directory: string;
let declarations = 0;
let engineRuns = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-lifecycle-"));
});
afterAll(async () => {
  await emulator.close();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  emulator.reset();
  told = [];
});

/** One provider process; each engine operation has its own, and one for each account object. */
function lifecycle(
  environment: Record<string, string | undefined> = {},
  engineRun: EngineRun = newEngineRun(),
  now = () => Date.parse("2026-11-22T12:00:00Z"),
) {
  const account = createAccount(
    {
      VCC_REGION: "emea",
      VCC_CLIENT_ID: "emulator",
      VCC_CLIENT_SECRET: "emulator-secret",
      VCC_API_URL: emulator.apiUrl,
      VCC_AUTH_URL: emulator.authUrl,
      ...environment,
    },
    { clock: { now, waitUntil: async () => {} } },
  );
  return createLifecycle({ account, engineRun, tell: (line) => told.push(line), now });
}

function newEngineRun(): EngineRun {
  engineRuns += 1;
  return createEngineRun(`127.0.0.1:${engineRuns}`, Date.now, directory);
}

type Lifecycle = ReturnType<typeof lifecycle>;

function declared(args: object, name = "crm") {
  declarations += 1;
  return { ...args, fingerprintKey: `${name}#${declarations}`, __provider: code } as never;
}

async function checked(process: Lifecycle, args: object, olds: object = {}) {
  const { inputs, failures } = await process.check(olds as never, declared(args));
  if (inputs === undefined) throw new Error(JSON.stringify(failures));
  return inputs;
}

async function reasons(process: Lifecycle, args: object, name?: string) {
  const { failures } = await process.check({} as never, declared(args, name));
  return failures?.map(({ property, reason }) => [property, reason]);
}

/** What an earlier engine operation left in the state. */
async function registered(args: object) {
  const process = lifecycle();
  const inputs = await checked(process, args);
  const { id, outs } = await process.create(inputs);
  if (outs === undefined) throw new Error("no outputs");
  emulator.reset();
  return { id, inputs, outs };
}

describe("check", () => {
  it("adds region, permissions, key and fingerprints, and keeps what the program wrote", async () => {
    expect(await checked(lifecycle(), args)).toEqual({
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
    const first = await checked(lifecycle(), args);
    expect(await checked(lifecycle(), args, first)).toEqual(first);
  });

  it("names the problems of configuration and arguments together, on no property", async () => {
    expect(await reasons(lifecycle({ VCC_REGION: undefined }), { ...args, provider: "" })).toEqual([
      ["", "no region: set vcc:region (or VCC_REGION) to one of emea, nam, apac"],
      ["", "provider: the name is empty"],
    ]);
  });

  it("takes the stack's configuration before the environment", async () => {
    const process = lifecycle();
    await process.configure({
      config: { get: (key: string) => (key === "vcc:region" ? "nam" : undefined) } as never,
    });
    expect(await checked(process, args)).toMatchObject({ region: "nam" });
  });

  it("is configured at once, before anybody waits for it", async () => {
    const process = lifecycle();
    const configuring = process.configure({ config: { get: () => "apac" } as never });
    const checking = process.check({} as never, declared({ ...args, provider: unknown }));
    expect((await checking).failures?.[0]?.reason).not.toContain("no region");
    await configuring;
  });

  it("lets pass what a preview does not know", async () => {
    const inputs = await checked(lifecycle(), { ...args, provider: unknown, headers: unknown });
    expect(inputs).toMatchObject({
      provider: unknown,
      headers: unknown,
      headerFingerprints: unknown,
    });
  });

  it("takes back what it added when a program ignores all changes", async () => {
    const first = await checked(lifecycle(), args);
    const { inputs } = await lifecycle().check(first, { ...first, __provider: code } as never);
    expect(inputs).toEqual(first);
  });

  it("refuses a second declaration of a name, in one process only", async () => {
    const process = lifecycle();
    await checked(process, args);
    expect(await reasons(process, args, "copy")).toEqual([
      [
        "",
        'provider: "Crm" is already declared by the resource "crm"; a name is one registration at VCC',
      ],
    ]);
    expect(await reasons(process, { ...args, provider: "Other" }, "copy")).toBeUndefined();
    expect(await reasons(lifecycle(), args)).toBeUndefined();
  });

  it("takes two names that differ only by case, and says that VCC may not", async () => {
    const process = lifecycle();
    await checked(process, args);
    await checked(process, { ...args, provider: "CRM" });
    expect(told).toEqual([
      '"CRM" differs from "Crm" only by case: VCC may take them for one registration.',
    ]);
  });

  it("takes the same declaration again, as the engine checks a replacement twice", async () => {
    const process = lifecycle();
    const news = declared(args);
    await process.check({} as never, news);
    expect((await process.check({} as never, news)).failures).toBeUndefined();
  });

  it("names a second declaration beside everything else", async () => {
    const process = lifecycle();
    await checked(process, args);
    expect(await reasons(process, { ...args, endpoint: "http://a" }, "copy")).toHaveLength(2);
  });

  it("shows no key where a name is declared twice by resources that ignore all changes", async () => {
    const process = lifecycle();
    const first = await checked(lifecycle(), args);
    await process.check(first, { ...first } as never);
    const [[, reason] = []] = (await reasons(process, args, "copy")) ?? [];
    expect(reason).toContain("is already declared by another resource");
    expect(reason).not.toContain(first.fingerprintKey.slice(0, 8));
  });

  it("sends nothing and needs no credentials", async () => {
    await checked(lifecycle({ VCC_CLIENT_ID: undefined, VCC_CLIENT_SECRET: undefined }), args);
    expect(emulator.requests()).toEqual([]);
  });
});

describe("diff", () => {
  it("finds no changes where nothing that is registered changed", async () => {
    const { id, outs, inputs } = await registered(args);
    const news = { ...inputs, fingerprintKey: "other", __provider: "newer code" };
    expect(await lifecycle().diff(id, outs, news)).toEqual({ changes: false });
  });

  it("records no account with a token, and registers again once a client is known", async () => {
    const { id, inputs } = await registered(args);
    const token = { VCC_CLIENT_ID: "", VCC_CLIENT_SECRET: "", VCC_ACCESS_TOKEN: "token" };
    const withToken = await checked(lifecycle(token), args, inputs);
    expect(withToken).not.toHaveProperty("accountFingerprint");
    const outs = { ...withToken, registration: "", registeredAt: "" };
    const nobody = { VCC_CLIENT_ID: "", VCC_CLIENT_SECRET: "" };
    for (const [environment, changes] of [
      [token, false],
      [nobody, false],
      [{}, undefined],
    ] as const) {
      const process = lifecycle(environment);
      const news = await checked(process, args, withToken);
      expect((await process.diff(id, outs, news)).changes).toBe(changes);
    }
  });

  it("finds no changes in a state from before there were drift and window", async () => {
    const { id, outs, inputs } = await registered(args);
    const { drift, reassertWindow, ...before } = outs;
    const process = lifecycle();
    expect(await process.diff(id, before as never, await checked(process, args, inputs))).toEqual({
      changes: false,
    });
    expect(await process.read(id, before as never)).toEqual({ id, props: before });
  });

  it("does not take an account that is not known for another one", async () => {
    const { id, outs, inputs } = await registered(args);
    const process = lifecycle({ VCC_CLIENT_ID: "", VCC_CLIENT_SECRET: "", VCC_API_URL: "" });
    const news = await checked(process, args, inputs);
    expect(await process.diff(id, outs, news)).toEqual({ changes: false });
  });

  it.each<[string, object, Record<string, string>?]>([
    ["an endpoint", { endpoint: "https://crm.example.com/v2" }],
    ["no endpoint", { endpoint: undefined }],
    ["an account", {}, { VCC_CLIENT_ID: "other" }],
    ["a URL", {}, { VCC_API_URL: "https://vcc.example.com" }],
    ["a header", { headers: { Authorization: "Bearer other", "X-Tenant": "acme" } }],
    ["a permission", { agentActionsPermitted: {} }],
  ])(
    "leaves it to the engine to print %s that changed",
    async (_what, change, environment = {}) => {
      const { id, outs, inputs } = await registered(args);
      const process = lifecycle(environment);
      const news = await checked(process, { ...args, ...change }, inputs);
      expect(await process.diff(id, outs, news)).toEqual({
        replaces: [],
        deleteBeforeReplace: false,
      });
    },
  );

  it.each([
    ["the name", { provider: "Other" }, {}, ["provider"], false],
    ["the name's case", { provider: "CRM" }, {}, ["provider"], true],
    ["the region", {}, { VCC_REGION: "nam" }, ["region"], false],
    [
      "name case and region",
      { provider: "CRM" },
      { VCC_REGION: "nam" },
      ["provider", "region"],
      false,
    ],
    ["a name that is not known yet", { provider: unknown }, {}, ["provider"], false],
  ])("replaces for %s", async (_what, change, environment, replaces, deleteBeforeReplace) => {
    const { id, outs, inputs } = await registered(args);
    const process = lifecycle(environment);
    const news = await checked(process, { ...args, ...change }, inputs);
    expect(await process.diff(id, outs, news)).toEqual({ replaces, deleteBeforeReplace });
  });
});

describe("create and update", () => {
  it("register the settings and return all outputs", async () => {
    const process = lifecycle();
    const inputs = await checked(process, args);
    const { id, outs } = await process.create(inputs);
    expect(id).toBe("emea/Crm");
    expect(outs).toEqual({
      ...inputs,
      registration: expect.stringMatching(/^[0-9a-f]{12}$/),
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

    const next = lifecycle();
    const changed = await checked(next, { provider: "Crm", agentActionsPermitted: {} }, inputs);
    expect((await next.update(id, outs as never, changed)).outs).toEqual({
      ...changed,
      registration: expect.not.stringMatching(outs?.registration ?? ""),
      registeredAt: "2026-11-22T12:00:00.000Z",
    });
    expect(emulator.registrations()).toEqual([leastPowerful]);
  });

  it("fail without credentials before anything is sent", async () => {
    const process = lifecycle({ VCC_CLIENT_SECRET: undefined });
    const inputs = await checked(process, args);
    await expect(process.create(inputs)).rejects.toThrow(
      "vcc:clientId (or VCC_CLIENT_ID) is set, but vcc:clientSecret (or VCC_CLIENT_SECRET) is not",
    );
    expect(emulator.requests()).toEqual([]);
  });

  it("fail without an id, which would make the engine record a half-created resource", async () => {
    const process = lifecycle({ VCC_CLIENT_SECRET: "wrong" });
    const failure = process.create(await checked(process, args));
    await expect(failure).rejects.toThrow("invalid_client");
    await expect(failure).rejects.not.toHaveProperty("id");
  });
});

describe("a registration that VCC may have taken without saying so", () => {
  it("is recorded, and registered again whatever the program then says", async () => {
    const { id, inputs, outs } = await registered(args);
    const changed = { ...args, endpoint: "https://crm.example.com/v2" };
    const gateway = await startLossyGateway(emulator);
    const process = lifecycle({ VCC_API_URL: gateway.apiUrl });
    const news = await checked(process, changed, inputs);
    const error = await process.update(id, outs, news).catch((error) => error);
    gateway.close();
    expect(error.message).toMatch(/504 .*VCC may have taken the registration all the same/);
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
      const next = lifecycle({ VCC_API_URL: gateway.apiUrl });
      const difference = await next.diff(
        id,
        error.properties,
        await checked(next, program, inputs),
      );
      expect(difference).toEqual(
        program === changed ? { changes: true } : { replaces: [], deleteBeforeReplace: false },
      );
    }
  });

  it("is seen by a refresh, as an input that differs", async () => {
    const { id, outs } = await registered(args);
    const props = { ...outs, drift: "sent at …, not acknowledged" };
    const { registration, registeredAt, ...inputs } = props;
    expect(await lifecycle().read(id, props)).toEqual({ id, props, inputs });
  });
});

describe("read", () => {
  it("repeats the state, since VCC cannot be asked", async () => {
    const { id, outs } = await registered(args);
    expect(await lifecycle().read(id, outs)).toEqual({ id, props: outs });
    expect(emulator.requests()).toEqual([]);
  });
});

describe("delete", () => {
  it("resets the name and says so", async () => {
    const { id, outs } = await registered(args);
    await lifecycle().delete(id, outs);
    expect(emulator.registrations()).toEqual([leastPowerful]);
    expect(told).toEqual([
      '"Crm" in emea is reset: no endpoint, no headers, release only. VCC has no delete, so the name itself stays.',
    ]);
  });

  it("leaves a name that this process has checked: the resource was renamed", async () => {
    const { id, outs } = await registered(args);
    const process = lifecycle();
    await checked(process, args);
    await process.delete(id, outs);
    expect(emulator.requests()).toEqual([]);
    expect(told).toEqual(['"Crm" in emea is left as it is: this program declares it.']);
  });

  it("leaves a name in another region and names it", async () => {
    const { id, outs } = await registered(args);
    await lifecycle({ VCC_REGION: "nam" }).delete(id, outs);
    expect(emulator.requests()).toEqual([]);
    expect(told).toEqual([
      expect.stringContaining('"Crm" in emea is left as it is: this account is in nam'),
    ]);
  });

  it("leaves a name whose twin by case this process registered", async () => {
    const { id, outs } = await registered(args);
    const process = lifecycle();
    await process.create(await checked(process, { ...args, provider: "CRM" }));
    emulator.reset();
    await process.delete(id, outs);
    expect(emulator.requests()).toEqual([]);
    expect(told).toEqual([expect.stringContaining('VCC may take it for "CRM"')]);
  });

  it("leaves a name whose twin by case this process found unchanged", async () => {
    const { id, outs } = await registered(args);
    const twin = await registered({ ...args, provider: "CRM" });
    const process = lifecycle();
    await process.diff(
      twin.id,
      twin.outs,
      await checked(process, { ...args, provider: "CRM" }, twin.inputs),
    );
    await process.delete(id, outs);
    expect(emulator.requests()).toEqual([]);
  });

  it("resets a name whose twin by case is only declared: it is replaced", async () => {
    const { id, outs } = await registered(args);
    const process = lifecycle();
    await checked(process, { ...args, provider: "CRM" });
    await process.delete(id, outs);
    expect(emulator.registrations()).toEqual([leastPowerful]);
  });

  it("leaves a name that another API client registered, or the same at another URL", async () => {
    const { id, outs } = await registered(args);
    for (const environment of [
      { VCC_CLIENT_ID: "other" },
      { VCC_API_URL: "https://vcc.example.com" },
    ]) {
      const message = "another API client, or another URL, registered it";
      // In a destroy the state keeps it, in an up it is left and named.
      await expect(lifecycle(environment).delete(id, outs)).rejects.toThrow(message);
      const up = lifecycle(environment);
      await checked(up, { ...args, provider: "Other" });
      await up.delete(id, outs);
      expect(told.splice(0)).toEqual([expect.stringContaining(message)]);
    }
    expect(emulator.requests()).toEqual([]);
    await lifecycle({ VCC_API_URL: `${emulator.apiUrl}/` }).delete(id, outs);
    expect(emulator.registrations()).toEqual([leastPowerful]);
  });

  it("resets with an access token, of which no client is known", async () => {
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
    await lifecycle({
      VCC_CLIENT_ID: "",
      VCC_CLIENT_SECRET: "",
      VCC_ACCESS_TOKEN: access_token,
    }).delete(id, outs);
    expect(emulator.registrations()).toEqual([leastPowerful]);
  });

  it("says after a lost answer that the name may be reset all the same", async () => {
    const { id, outs } = await registered(args);
    const gateway = await startLossyGateway(emulator);
    const process = lifecycle({ VCC_API_URL: gateway.apiUrl });
    const { accountFingerprint, ...unknownAccount } = outs;
    await expect(process.delete(id, unknownAccount)).rejects.toThrow(
      "VCC may have taken the registration all the same: destroy again, or, to keep it, pulumi up --replace",
    );
    gateway.close();
  });

  it("leaves a name that another account object of the same operation found unchanged", async () => {
    const { id, inputs, outs } = await registered(args);
    const engineRun = newEngineRun();
    const process = lifecycle({}, engineRun);
    await process.diff(id, outs, await checked(process, args, inputs));
    await lifecycle({}, engineRun).delete(id, outs);
    expect(emulator.requests()).toEqual([]);
  });

  it("leaves a name that another account object of the same operation has registered", async () => {
    const { id, outs } = await registered(args);
    const engineRun = newEngineRun();
    const process = lifecycle({}, engineRun);
    await process.create(await checked(process, args));
    const registrations = emulator.registrations();
    await lifecycle({}, engineRun).delete(id, outs);
    expect(emulator.registrations()).toEqual(registrations);
    expect(told).toEqual([
      expect.stringContaining("another account object of this program has the name"),
    ]);
  });

  it("fails where nothing says how to reach VCC, rather than pretend", async () => {
    const { id, outs } = await registered(args);
    await expect(lifecycle({ VCC_REGION: undefined }).delete(id, outs)).rejects.toThrow(
      "no region",
    );
    await expect(
      lifecycle({ VCC_CLIENT_ID: undefined, VCC_CLIENT_SECRET: undefined }).delete(id, outs),
    ).rejects.toThrow("no credentials");
  });
});

describe("reassertEvery", () => {
  const daily = { ...args, reassertEvery: "1d" };
  const lifecycleAt = (moment: string, environment = {}) =>
    lifecycle(environment, newEngineRun(), () => Date.parse(moment));

  it("names the window as an input, and registers once in each", async () => {
    const { id, inputs, outs } = await registered(daily);
    expect(inputs).toMatchObject({ reassertEvery: "1d", reassertWindow: "2026-11-22" });

    const later = lifecycleAt("2026-11-22T23:59:59Z");
    expect(await later.diff(id, outs, await checked(later, daily, inputs))).toEqual({
      changes: false,
    });

    const next = lifecycleAt("2026-11-23T00:10:00Z");
    const news = await checked(next, daily, inputs);
    expect(news.reassertWindow).toBe("2026-11-23");
    expect(await next.diff(id, outs, news)).toEqual({ replaces: [], deleteBeforeReplace: false });
    const updated = await next.update(id, outs, news);
    expect(emulator.registrations()).toHaveLength(1);
    expect(updated.outs).toMatchObject({
      reassertWindow: "2026-11-23",
      registeredAt: "2026-11-23T00:10:00.000Z",
      registration: outs.registration,
    });
    expect(told).toEqual([]);
  });

  it("says that a window has just turned, since a preview from before does not show it", async () => {
    const { id, inputs, outs } = await registered(daily);
    const next = lifecycleAt("2026-11-23T00:09:59Z");
    await next.update(id, outs, await checked(next, daily, inputs));
    expect(told).toEqual([
      '"Crm" in emea is registered again: the window 2026-11-23 began 9 min ago, and a preview from before does not show it.',
    ]);
  });

  it("takes one moment for all registrations of an operation", async () => {
    const moments = ["2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00.001Z"].map(Date.parse);
    const process = lifecycle({}, newEngineRun(), () => moments.shift() ?? Number.NaN);
    const first = await checked(process, daily);
    const second = await checked(process, { ...daily, provider: "Other" });
    expect([first.reassertWindow, second.reassertWindow]).toEqual(["2026-11-22", "2026-11-22"]);
  });

  it("comes from the account where a registration does not say it", async () => {
    const environment = { VCC_REASSERT_EVERY: "1w" };
    expect(await checked(lifecycle(environment), args)).toMatchObject({
      reassertWindow: "2026-W47",
    });
    expect(await checked(lifecycle(environment), daily)).toMatchObject({
      reassertWindow: "2026-11-22",
    });
    expect(await checked(lifecycle(), args)).not.toHaveProperty("reassertWindow");
    expect(await reasons(lifecycle({ VCC_REASSERT_EVERY: "1y" }), args)).toEqual([
      ["", 'vcc:reassertEvery (or VCC_REASSERT_EVERY) must be a duration like "12h", "7d" or "2w"'],
    ]);
    expect(await reasons(lifecycle(), { ...args, reassertEvery: "400d" })).toEqual([
      ["", "reassertEvery: must be at most 365d"],
    ]);
  });

  it("is no change when it is given up, and stays unknown while it is unknown", async () => {
    const { id, inputs, outs } = await registered(daily);
    const process = lifecycle();
    expect(await process.diff(id, outs, await checked(process, args, inputs))).toEqual({
      changes: false,
    });
    expect(await checked(lifecycle(), { ...args, reassertEvery: unknown })).toMatchObject({
      reassertWindow: unknown,
    });
  });
});
