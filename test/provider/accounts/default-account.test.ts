import { type Emulator, startEmulator } from "../../../emulator";
import { createAccounts } from "../../../provider/accounts/accounts";

const clock = { now: Date.now, waitUntil: async () => {} };
const log = () => {};
const settings = {
  provider: "Crm",
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
} as const;

describe("the default account", () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator();
  });
  afterEach(() => emulator.close());

  const environment = () => ({
    VCC_REGION: "emea",
    VCC_CLIENT_ID: "emulator",
    VCC_CLIENT_SECRET: "emulator-secret",
    VCC_API_URL: emulator.apiUrl,
    VCC_AUTH_URL: emulator.authUrl,
  });

  it("sends nothing before the engine is watched", async () => {
    let watch = () => {};
    const engineWatched = new Promise<void>((resolve) => {
      watch = resolve;
    });
    const account = createAccounts(environment(), { clock, log, engineWatched }).get(undefined);
    const watched = createAccounts(environment(), { clock, log }).get(undefined);
    const registered = account.register(settings);
    // By then, the first account would have sent something too.
    await watched.register({ ...settings, provider: "Other" });
    expect(emulator.requests()).toHaveLength(2);
    watch();
    await registered;
    expect(emulator.registrations()).toHaveLength(2);
  });

  it("requests one token for all registrations", async () => {
    const account = createAccounts(environment(), { clock, log }).get(undefined);
    await account.register(settings);
    await account.register({ ...settings, provider: "Other" });
    const tokens = emulator.requests().filter(({ path }) => path.endsWith("/token"));
    expect(tokens).toHaveLength(1);
  });
});
