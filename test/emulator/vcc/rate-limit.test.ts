import { type Emulator, type RateLimit, startEmulator } from "../../../emulator";
import { clientOf, settings } from "../client";

const noon = Date.UTC(2030, 0, 1, 12);
let time: number;
let emulator: Emulator;
beforeEach(() => {
  time = noon;
});
afterEach(() => emulator.close());

async function start(rateLimit: Partial<RateLimit>) {
  emulator = await startEmulator({
    now: () => time,
    behavior: {
      rateLimit: { requests: 3, windowMs: 60_000, retryAfter: "seconds", ...rateLimit },
    },
  });
  return clientOf(emulator);
}

describe("rate limit", () => {
  it("counts token, Register and Invoke together, until the window ends", async () => {
    const { requestToken, register, invoke } = await start({});
    const { token } = await requestToken();
    expect((await register(settings, token)).status).toBe(200);
    expect((await invoke({ requests: [{ route: "A" }] }, token)).status).toBe(200);
    time += 59_999;
    expect((await register({ ...settings, provider: "late" }, token)).status).toBe(429);
    expect((await requestToken()).status).toBe(429);
    expect((await invoke({ requests: [{ route: "A" }] }, token)).status).toBe(429);
    time += 1;
    expect((await register(settings, token)).status).toBe(200);
    expect(emulator.registrations()).toEqual([settings]);
  });

  it("does not count rejected requests, and starts a window with a request", async () => {
    const { requestToken } = await start({ requests: 1 });
    await requestToken();
    for (const _ of "123") expect((await requestToken()).status).toBe(429);
    time += 90_000;
    expect((await requestToken()).status).toBe(200);
    time += 59_000;
    expect((await requestToken()).headers.get("retry-after")).toBe("1");
  });

  it.each([
    ["seconds", "60"],
    ["date", "Tue, 01 Jan 2030 12:01:00 GMT"],
    ["malformed", "soon"],
    ["none", null],
  ] as const)("sends Retry-After as %s", async (retryAfter, header) => {
    const { requestToken } = await start({ requests: 1, windowMs: 59_500, retryAfter });
    await requestToken();
    const { status, headers } = await requestToken();
    expect([status, headers.get("retry-after")]).toEqual([429, header]);
  });

  it("accepts a request after the time in Retry-After", async () => {
    const { requestToken } = await start({ requests: 1, windowMs: 1500 });
    await requestToken();
    time += 100;
    time += Number((await requestToken()).headers.get("retry-after")) * 1000;
    expect((await requestToken()).status).toBe(200);
  });

  it("is disabled by the switch, and starts over after a reset", async () => {
    const { requestToken } = await start({ requests: 1 });
    await requestToken();
    emulator.reset();
    expect((await requestToken()).status).toBe(200);
    expect((await requestToken()).status).toBe(429);
    emulator.behavior.rateLimit = null;
    expect((await requestToken()).status).toBe(200);
  });
});
