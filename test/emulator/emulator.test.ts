import { once } from "node:events";
import { connect } from "node:net";
import { type Emulator, startEmulator } from "../../emulator";
import { clientOf, settings } from "./client";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

describe("emulator", () => {
  it("records requests without bodies and headers, until a reset", async () => {
    await clientOf(emulator).register();
    const recorded = {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      method: "POST",
      status: 200,
      durationMs: expect.any(Number),
    };
    expect(emulator.requests()).toEqual([
      { ...recorded, path: "/Auth/connect/token" },
      { ...recorded, path: "/interactions/Register", provider: "TestProviderName" },
    ]);
    emulator.reset();
    expect(emulator.requests()).toEqual([]);
    expect(emulator.registrations()).toEqual([]);
  });

  it("records requests in the order of their arrival", async () => {
    const { register, requestToken } = clientOf(emulator);
    const { token } = await requestToken();
    emulator.fail({ target: "register", fault: { kind: "slow", ms: 100 } });
    const slow = register({ ...settings, provider: "First" }, token);
    while (emulator.registrations().length === 0) await new Promise(setImmediate);
    await register({ ...settings, provider: "Second" }, token);
    await slow;
    expect(emulator.requests()).toMatchObject([{}, { provider: "First" }, { provider: "Second" }]);
  });

  it("returns copies", async () => {
    await clientOf(emulator).register();
    const [registration] = emulator.registrations();
    if (registration) registration.provider = "changed";
    expect(emulator.registrations()).toEqual([settings]);
  });

  it("listens on 127.0.0.1 only", async () => {
    const port = Number(new URL(emulator.url).port);
    // Every address that begins with 127 reaches a server that listens on all interfaces.
    const socket = connect({ host: "127.0.0.2", port });
    const [error] = await Promise.race([once(socket, "error"), once(socket, "connect")]);
    socket.destroy();
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("shows only its caller in the stack of an error", async () => {
    const emulator = await startEmulator();
    const errorOf = async (cause: () => unknown) => {
      try {
        await cause();
      } catch (error) {
        return error as Error;
      }
      throw new Error("there is no error");
    };
    try {
      const errors = [
        await errorOf(() => startEmulator({ behavior: { successStatus: 500 as 200 } })),
        await errorOf(() => startEmulator({ deliverTo: "127.0.0.1" })),
        await errorOf(() => startEmulator({ stateFile: __dirname })),
        await errorOf(() => emulator.fail({ target: "token", fault: { kind: "slow", ms: -1 } })),
      ];
      for (const { stack = "", message, cause } of errors) {
        expect([message, stack, cause]).toEqual([
          message,
          expect.stringMatching(/^\w*Error: .*(\n {4}at [^\n]*)+$/),
          undefined,
        ]);
        expect(stack).not.toMatch(/(?<!test)\/emulator\/.*\.ts:/);
      }
    } finally {
      await emulator.close();
    }
  });

  it("rejects a port that is in use", async () => {
    const port = Number(new URL(emulator.url).port);
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
