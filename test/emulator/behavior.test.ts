import { type Behavior, type Emulator, startEmulator } from "../../emulator";
import { clientOf, settings } from "./client";

let emulator: Emulator;
afterEach(() => emulator.close());

async function start(behavior: Partial<Behavior>, now?: () => number) {
  emulator = await startEmulator({ behavior, ...(now && { now }) });
  return clientOf(emulator);
}

describe("behavior", () => {
  it.each([200, 201, 202, 204] as const)(
    "successStatus: Register responds with %d",
    async (status) => {
      const { register } = await start({ successStatus: status, successBody: "object" });
      expect(await register()).toMatchObject({ status, text: status === 204 ? "" : "{}" });
      expect(emulator.registrations()).toEqual([settings]);
    },
  );

  it.each([
    ["empty", "", null],
    ["object", "{}", "application/json"],
    ["text", "OK", "text/plain"],
  ] as const)("successBody: %s", async (successBody, text, type) => {
    const { register } = await start({ successBody });
    const response = await register();
    expect(response).toMatchObject({ status: 200, text });
    expect(response.headers.get("content-type")).toBe(type);
  });

  it.each([
    ["error", /^\{"error":"invalid_token","error_description":".*expired"\}$/, /"access_denied"/],
    ["message", /^\{"message":"Unauthorized"\}$/, /^\{"message":"Forbidden"\}$/],
    ["empty", /^$/, /^$/],
    ["html", /^<!DOCTYPE html>.*401/s, /^<!DOCTYPE html>.*403/s],
  ] as const)("refusalBody: %s, in 401 and 403", async (refusalBody, unauthorized, forbidden) => {
    const { register } = await start({ refusalBody });
    const without = await register(settings, "none");
    expect(without).toMatchObject({ status: 401, text: expect.stringMatching(unauthorized) });
    emulator.fail({ target: "register", fault: { kind: "status", status: 403 } });
    const denied = await register();
    expect(denied).toMatchObject({ status: 403, text: expect.stringMatching(forbidden) });
  });

  it("invalidClientStatus and invalidClientDescription: the response to wrong credentials", async () => {
    const { requestToken } = await start({
      invalidClientStatus: 401,
      invalidClientDescription: false,
    });
    const wrong = { client_secret: "wrong" };
    expect(await requestToken(wrong)).toMatchObject({
      status: 401,
      text: '{"error":"invalid_client"}',
    });
    emulator.behavior.invalidClientStatus = 400;
    emulator.behavior.invalidClientDescription = true;
    expect(await requestToken(wrong)).toMatchObject({
      status: 400,
      text: expect.stringContaining("error_description"),
    });
  });

  it("tokenLifetimeS: is reported and enforced", async () => {
    let time = 1_000_000;
    const { requestToken, register } = await start({ tokenLifetimeS: 900 }, () => time);
    const { token, text } = await requestToken();
    expect(JSON.parse(text)).toMatchObject({ expires_in: 900 });
    time += 899_999;
    expect((await register(settings, token)).status).toBe(200);
    time += 1;
    expect((await register(settings, token)).status).toBe(401);
  });

  it("tokenLifetimeStated: omits expires_in", async () => {
    const { requestToken } = await start({ tokenLifetimeStated: false });
    expect(JSON.parse((await requestToken()).text)).not.toHaveProperty("expires_in");
  });

  it.each(["Bearer", "bearer", "BEARER"] as const)("tokenType: %s", async (tokenType) => {
    const { requestToken } = await start({ tokenType });
    expect(JSON.parse((await requestToken()).text)).toMatchObject({ token_type: tokenType });
  });

  it("agentActions: accepts missing permissions, but no invalid ones", async () => {
    const { register } = await start({ agentActions: "optional" });
    expect((await register({ provider: "A" })).status).toBe(200);
    expect((await register({ provider: "B", agentactionspermitted: { fly: 1 } })).status).toBe(400);
    expect(emulator.registrations()).toEqual([{ provider: "A" }]);
  });

  it("nameCase: names that differ by case are two registrations or one", async () => {
    const { register } = await start({});
    const named = (provider: string) => ({ ...settings, provider });
    for (const name of ["crm", "CRM"]) await register(named(name));
    expect(emulator.registrations()).toHaveLength(2);
    emulator.reset();
    emulator.behavior.nameCase = "insensitive";
    for (const name of ["crm", "other", "CRM"]) await register(named(name));
    expect(emulator.registrations()).toEqual([named("CRM"), named("other")]);
  });

  it("httpEndpoints: accepts http endpoints, and no others", async () => {
    const { register } = await start({ httpEndpoints: "accept" });
    const at = (endpoint: string) => register({ ...settings, endpoint });
    expect((await at("http://127.0.0.1:1/")).status).toBe(200);
    expect((await at("https://a.example.com/")).status).toBe(200);
    expect((await at("ftp://a.example.com/")).status).toBe(400);
  });

  it("latencyMs: delays the response after the request has taken effect", async () => {
    const { requestToken } = await start({});
    const { token } = await requestToken();
    emulator.behavior.latencyMs = 3_600_000;
    const response = clientOf(emulator).register(settings, token);
    const failed = expect(response).rejects.toThrow();
    while (emulator.registrations().length === 0) await new Promise(setImmediate);
    expect(emulator.requests()).toHaveLength(1);
    await emulator.close();
    await failed;
    expect(emulator.requests().at(-1)).toMatchObject({ status: null });
  });

  it("can change while the emulator runs, and a reset restores it", async () => {
    const rateLimit = { requests: 1, windowMs: 1000, retryAfter: "none" } as const;
    const { register } = await start({ successStatus: 201, rateLimit });
    if (emulator.behavior.rateLimit) emulator.behavior.rateLimit.requests = 1000;
    emulator.behavior.successStatus = 202;
    expect((await register()).status).toBe(202);
    emulator.reset();
    expect(emulator.behavior).toMatchObject({ successStatus: 201, rateLimit });
  });

  it.each([
    ["an unknown switch", { succesStatus: 200 }, "succesStatus"],
    ["an invalid value", { tokenType: "JWT" }, "tokenType"],
  ])("rejects %s", async (_case, behavior, name) => {
    emulator = await startEmulator();
    await expect(startEmulator({ behavior: behavior as Partial<Behavior> })).rejects.toThrow(name);
  });
});
