import { type Emulator, startEmulator } from "../../emulator";
import { expectedAfter, heldState, operations, Resource, secrets } from "./resource";
import { variants } from "./variants";

describe("undocumented behavior", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ clientId: "id", clientSecret: secrets.clientSecret });
  });
  afterAll(() => emulator.close());

  it.each(variants)("makes no difference: %j", async (variant) => {
    for (const operation of operations) {
      emulator.reset();
      Object.assign(emulator.behavior, variant);
      const resource = new Resource(emulator);
      await resource.prepare(operation);
      const earlier = emulator.requests().length;
      const { error, logged } = await resource.run(operation);
      expect(error).toBeUndefined();
      expect(heldState(emulator)).toBe(expectedAfter(operation));
      expect(emulator.requests().length - earlier).toBe(2);
      expect(logged).toEqual(operation === "delete" ? [expect.stringContaining("reset")] : []);
    }
  });

  it.each(variants)("reports rejected credentials: %j", async (variant) => {
    emulator.reset();
    Object.assign(emulator.behavior, variant);
    const { error } = await new Resource(emulator).run("create", {
      environment: { VCC_CLIENT_SECRET: "wrong" },
    });
    expect(error?.message).toMatch(/40[01] .*invalid_client.*Check the client ID and secret/);
    expect(emulator.requests()).toHaveLength(1);
  });

  it("renews a token that lives for one second", async () => {
    emulator.reset();
    emulator.behavior.tokenLifetimeS = 1;
    for (const operation of operations) {
      const resource = new Resource(emulator);
      await resource.prepare(operation);
      expect((await resource.run(operation)).error).toBeUndefined();
    }
  });
});
