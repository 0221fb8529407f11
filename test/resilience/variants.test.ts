import { type Emulator, startEmulator } from "../../emulator";
import { aimOf, heldBy, operations, Resource, secrets } from "./resource";
import { variants } from "./variants";

describe("what VCC leaves undocumented", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ clientId: "id", clientSecret: secrets.clientSecret });
  });
  afterAll(() => emulator.close());

  it.each(variants)("makes no difference: %j", async (variant) => {
    for (const operation of operations) {
      emulator.reset();
      Object.assign(emulator.behaviour, variant);
      const resource = new Resource(emulator);
      await resource.prepare(operation);
      const asked = emulator.requests().length;
      const { error, told } = await resource.run(operation);
      expect(error).toBeUndefined();
      expect(heldBy(emulator)).toBe(aimOf(operation));
      expect(emulator.requests().length - asked).toBe(2);
      expect(told).toEqual(operation === "delete" ? [expect.stringContaining("reset")] : []);
    }
  });

  it.each(variants)("says when credentials are refused: %j", async (variant) => {
    emulator.reset();
    Object.assign(emulator.behaviour, variant);
    const { error } = await new Resource(emulator).run("create", {
      environment: { VCC_CLIENT_SECRET: "wrong" },
    });
    expect(error?.message).toMatch(/40[01] .*invalid_client.*Check the client id and secret/);
    expect(emulator.requests()).toHaveLength(1);
  });

  it("asks for a token again when one lives a second only", async () => {
    emulator.reset();
    emulator.behaviour.tokenLifetimeS = 1;
    for (const operation of operations) {
      const resource = new Resource(emulator);
      await resource.prepare(operation);
      expect((await resource.run(operation)).error).toBeUndefined();
    }
  });
});
