import { type Emulator, startEmulator } from "../../../emulator";
import { createAccounts } from "../../../provider/accounts/accounts";
import { createLifecycle } from "../../../provider/lifecycle/lifecycle";

const clock = { now: Date.now, waitUntil: async () => {} };
const reset = { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 };

let acme: Emulator;
let beta: Emulator;
let logged: string[];
let declarations = 0;

beforeAll(async () => {
  acme = await startEmulator({ clientId: "acme", clientSecret: "acme-secret" });
  beta = await startEmulator({ clientId: "beta", clientSecret: "beta-secret" });
});
afterAll(async () => {
  for (const emulator of [acme, beta]) await emulator.close();
});
beforeEach(() => {
  for (const emulator of [acme, beta]) emulator.reset();
  logged = [];
});

const accountAt = ({ apiUrl, authUrl }: Emulator, clientId: string) => ({
  region: "emea",
  clientId,
  clientSecret: `${clientId}-secret`,
  apiUrl,
  authUrl,
});
const flatSettings = (settings: Record<string, string>) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`vcc:${name}`, value]));
const bothAccounts = () => ({ acme: accountAt(acme, "acme"), beta: accountAt(beta, "beta") });

/** Stands for the provider process of one operation. */
function createOperation(
  accounts: object = bothAccounts(),
  configuration: Record<string, string> = {},
) {
  const values: Record<string, string> = {
    "vcc:accounts": JSON.stringify(accounts),
    ...configuration,
  };
  const log = (line: string) => void logged.push(line);
  const process = createAccounts({}, { clock, log });
  process.configure((key) => values[key]);
  return createLifecycle({ accounts: process, environment: {}, log, now: Date.now });
}
type Operation = ReturnType<typeof createOperation>;

const args = (account?: string, provider = "Crm") => ({
  provider,
  ...(account !== undefined && { account }),
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer canary" },
  agentActionsPermitted: { hold: true },
});

/** @param number the same for each check of one declaration */
async function check(
  operation: Operation,
  declared: object,
  olds: object = {},
  number = ++declarations,
) {
  const news = { ...declared, declaration: { resource: "crm", number }, __provider: "code" };
  const { inputs, failures } = await operation.check(olds as never, news as never);
  return { inputs: inputs as never, reasons: failures?.map(({ reason }) => reason) };
}

async function create(operation: Operation, declared: object) {
  const { inputs } = await check(operation, declared);
  const { outs } = await operation.create(inputs);
  return { inputs, outs: outs as never };
}

const registered = (emulator: Emulator) => emulator.registrations().map(({ provider }) => provider);
const sent = () => [acme, beta].map((emulator) => emulator.requests().length);

describe("named accounts in one process", () => {
  it("each get their registrations with their own token", async () => {
    const operation = createOperation();
    await create(operation, args("acme"));
    await create(operation, args("beta"));
    await create(operation, args("acme", "Recording"));
    expect(registered(acme)).toEqual(["Crm", "Recording"]);
    expect(registered(beta)).toEqual(["Crm"]);
    expect(sent()).toEqual([3, 2]);
  });

  it("must exist and have complete credentials", async () => {
    expect((await check(createOperation(), args("gamma"))).reasons).toEqual([
      expect.stringContaining('account: there is no account "gamma"'),
    ]);
    const half = { acme: { region: "emea", clientId: "acme" } };
    expect((await check(createOperation(half), args("acme"))).reasons).toEqual([
      expect.stringContaining("vcc:accounts.acme.clientSecret (or VCC_ACCOUNTS) is not"),
    ]);
  });

  it("reject a second declaration of a name in one account, under whatever account name", async () => {
    const operation = createOperation({ ...bothAccounts(), other: accountAt(acme, "acme") });
    expect((await check(operation, args("acme"))).reasons).toBeUndefined();
    expect((await check(operation, args("beta"))).reasons).toBeUndefined();
    expect((await check(operation, args("other"))).reasons).toEqual([
      expect.stringContaining('already declares "Crm"'),
    ]);
  });

  it("are named in errors", async () => {
    const accounts = bothAccounts();
    accounts.acme.clientSecret = "wrong-canary";
    await expect(create(createOperation(accounts), args("acme"))).rejects.toThrow(
      /^account "acme": \[POST\] .*invalid_client.*\. To continue .* pulumi up --continue-on-error$/,
    );
    const forbidden = { kind: "status", status: 403 } as const;
    acme.fail({ target: "register", fault: forbidden });
    await expect(create(createOperation(), args("acme"))).rejects.toThrow(/--continue-on-error$/);
    acme.fail({ target: "register", fault: { ...forbidden, status: 400 } });
    await expect(create(createOperation(), args("acme"))).rejects.not.toThrow(
      "--continue-on-error",
    );
    acme.fail({ target: "register", fault: { kind: "status", status: 500 } });
    acme.fail({ target: "register", fault: forbidden });
    await expect(create(createOperation(), args("acme"))).rejects.toThrow(
      /Interactions API\. VCC may still have accepted the registration: run pulumi up again$/,
    );
  });

  it("name the setting of an unreadable certificate file where it is set", async () => {
    const inherited = createOperation(bothAccounts(), { "vcc:caFile": "/nowhere/ca.pem" });
    await expect(create(inherited, args("acme"))).rejects.toThrow(
      'account "acme": vcc:caFile (or VCC_CA_FILE): cannot read /nowhere/ca.pem (ENOENT)',
    );
    const { acme, ...others } = bothAccounts();
    const own = createOperation({ ...others, acme: { ...acme, caFile: "/nowhere/ca.pem" } });
    await expect(create(own, args("acme"))).rejects.toThrow(
      'account "acme": vcc:accounts.acme.caFile (or VCC_ACCOUNTS): cannot read /nowhere/ca.pem',
    );
  });

  it("may be unknown in a preview", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const { inputs } = await check(createOperation(), args(unknown));
    expect(inputs).toMatchObject({ account: unknown, region: unknown });
  });

  it("move a registration: it is registered in the new account, then reset in the former one", async () => {
    const before = await create(createOperation(), args("acme"));
    const operation = createOperation();
    const { inputs } = await check(operation, args("beta"), before.inputs, 0);
    expect(await operation.diff("id", before.outs, inputs)).toEqual({
      replaces: ["account"],
      deleteBeforeReplace: false,
    });
    const replacement = (await check(operation, args("beta"), {}, 0)).inputs;
    await operation.create(replacement);
    await operation.delete("id", before.outs);
    expect(acme.registrations()).toEqual([{ provider: "Crm", agentactionspermitted: reset }]);
    expect(beta.registrations()).toMatchObject([{ agentactionspermitted: { hold: 1 } }]);
    expect(logged).toEqual([
      expect.stringContaining('"Crm" in emea (account "acme") is reset: no endpoint'),
    ]);
  });

  it("send nothing when an account of the same client is renamed, and store the new name", async () => {
    const before = await create(createOperation(), args("acme"));
    const requests = sent();
    const renamed = { acme2: accountAt(acme, "acme") };
    const operation = createOperation(renamed);
    const { inputs } = await check(operation, args("acme2"), before.inputs);
    expect(await operation.diff("id", before.outs, inputs)).toEqual({});
    const { outs } = await operation.update("id", before.outs, inputs);
    expect(outs).toEqual({ ...(before.outs as object), account: "acme2" });
    expect(sent()).toEqual(requests);

    const destroy = createOperation(renamed);
    await destroy.delete("id", outs as never);
    expect(acme.registrations()).toEqual([{ provider: "Crm", agentactionspermitted: reset }]);
  });

  it("keep a registration whose resource is renamed and whose account has another name now", async () => {
    const before = await create(createOperation(), args("acme"));
    const operation = createOperation({ ...bothAccounts(), acme2: accountAt(acme, "acme") });
    await create(operation, args("acme2"));
    await operation.delete("id", before.outs);
    expect(acme.registrations()).toMatchObject([{ agentactionspermitted: { hold: 1 } }]);
    expect(logged).toEqual([expect.stringContaining("this program declares it")]);
  });

  it("store that a registration no longer has a named account", async () => {
    const before = await create(createOperation(), { ...args("acme"), reassertEvery: "1d" });
    const flat = flatSettings(accountAt(acme, "acme"));
    const operation = createOperation({}, flat);
    const { inputs } = await check(operation, args(), before.inputs);
    expect(await operation.diff("id", before.outs, inputs)).toEqual({});
    const { outs } = await operation.update("id", before.outs, inputs);
    for (const key of ["account", "reassertEvery", "reassertWindow"]) {
      expect(outs).not.toHaveProperty(key);
    }
    await createOperation({}, flat).delete("id", outs as never);
    expect(acme.registrations()).toEqual([{ provider: "Crm", agentactionspermitted: reset }]);
  });

  it("are one account if only their URLs are written differently", async () => {
    const settings = accountAt(acme, "acme");
    const accounts = {
      acme: settings,
      same: {
        ...settings,
        apiUrl: settings.apiUrl.replace("http://127.0.0.1", "HTTP://127.0.0.1"),
      },
    };
    const before = await create(createOperation(accounts), args("acme"));
    const operation = createOperation(accounts);
    await create(operation, args("same"));
    await operation.delete("id", before.outs);
    expect(acme.registrations()).toMatchObject([{ agentactionspermitted: { hold: 1 } }]);
    expect(logged).toEqual([expect.stringContaining("this program declares it")]);
  });

  it.each<[string, Record<string, string>]>([
    ["without credentials", {}],
    ["with an access token each", { accessToken: "token" }],
  ])("may declare one name each, %s", async (_case, credentials) => {
    const { region, apiUrl } = accountAt(acme, "acme");
    const settings = { region, apiUrl, ...credentials };
    const operation = createOperation({ a: settings, b: settings });
    for (const account of ["a", "b"]) {
      expect((await check(operation, args(account))).reasons).toBeUndefined();
    }
    expect((await check(operation, args("b"))).reasons).toEqual([
      expect.stringContaining('already declares "Crm"'),
    ]);
  });

  it.each(["", null, 5])("are not looked up by the invalid name %j", async (account) => {
    const { reasons } = await check(createOperation(), { ...args(), account });
    expect(reasons).toEqual([expect.stringMatching(/^account: the (name is empty|account )/)]);
  });

  describe.each<[string, () => object, string]>([
    ["is gone", () => ({}), "its account is not configured"],
    [
      "has another client",
      () => ({ acme: accountAt(beta, "beta") }),
      "another API client registered it, or this client through another URL",
    ],
  ])("leave a registration whose account %s", (_case, accounts, reason) => {
    it("and name it, while the program declares others", async () => {
      const before = await create(createOperation(), args("acme"));
      const requests = sent();
      const operation = createOperation({ ...accounts(), other: accountAt(acme, "acme") });
      await check(operation, args("other", "Other"));
      await operation.delete("id", before.outs);
      expect(sent()).toEqual(requests);
      expect(logged).toEqual([
        expect.stringContaining(`"Crm" in emea (account "acme") is not reset: ${reason}`),
      ]);
    });

    it("and fail during a destroy, so that the state keeps it", async () => {
      const before = await create(createOperation(), args("acme"));
      const requests = sent();
      const destroy = createOperation(accounts()).delete("id", before.outs);
      await expect(destroy).rejects.toThrow(`"Crm" in emea (account "acme"): ${reason}`);
      expect(sent()).toEqual(requests);
    });
  });

  it("leave and name a registration whose account is in another region", async () => {
    const before = await create(createOperation(), args("acme"));
    await createOperation({ acme: { ...accountAt(acme, "acme"), region: "nam" } }).delete(
      "id",
      before.outs,
    );
    expect(logged).toEqual([expect.stringContaining("is not reset: this account is in nam")]);
  });

  it("register again in place when an account gets another client", async () => {
    const before = await create(createOperation(), args("acme"));
    const operation = createOperation({ acme: accountAt(beta, "beta") });
    const { inputs } = await check(operation, args("acme"), before.inputs);
    expect(await operation.diff("id", before.outs, inputs)).toMatchObject({ replaces: [] });
    await operation.update("id", before.outs, inputs);
    expect(registered(beta)).toEqual(["Crm"]);
    expect(logged).toEqual([expect.stringContaining("the registration still exists there")]);
  });

  it("change nothing for a registration without an account", async () => {
    const flat = flatSettings(accountAt(acme, "acme"));
    const before = await create(createOperation({}, flat), args());
    const operation = createOperation(bothAccounts(), flat);
    const { inputs } = await check(operation, args(), before.inputs);
    expect(inputs).toEqual(before.inputs);
    expect(await operation.diff("id", before.outs, inputs)).toEqual({ changes: false });
  });
});
