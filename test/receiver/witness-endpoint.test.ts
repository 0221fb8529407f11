import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { createReceiver, notificationRequest, type ReceiverOptions } from "../../receiver";

const headers = { Authorization: "Bearer canary-secret" };
const witnessToken = "canary-witness-token";
const url = "https://receiver.example/.well-known/vcc-registration";

function start(options: Partial<ReceiverOptions> = {}) {
  const errors: unknown[] = [];
  const receiver = createReceiver({
    headers,
    onNotification() {},
    onError: (cause) => errors.push(cause),
    witnessToken,
    ...options,
  });
  const notify = (registration: string, accepted = headers) =>
    receiver.fetch(notificationRequest({ headers: accepted, registration }));
  const ask = (authorization?: string, { method = "GET", at = url } = {}) =>
    receiver.fetch(
      new Request(at, { method, ...(authorization && { headers: { authorization } }) }),
    );
  return { ...receiver, notify, ask, errors };
}

function schemaErrors(report: unknown) {
  const path = join(__dirname, "../../schemas/registration-evidence-1.schema.json");
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(path, "utf8")));
  validate(report);
  return validate.errors;
}

describe("the witness endpoint", () => {
  it("responds to an authenticated GET with evidence that no cache keeps", async () => {
    const { notify, ask } = start({ now: () => 0 });
    await notify("0123456789ab");
    const response = await ask(`Bearer ${witnessToken}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "application/json",
    });
    expect(await response.json()).toMatchObject({
      version: 1,
      registrations: [{ registration: "0123456789ab", lastSeenAt: "1970-01-01T00:00:00.000Z" }],
    });
    expect((await ask(`bearer ${witnessToken}`)).status).toBe(200);
  });

  it.each([
    ["no token", undefined],
    ["another token", "Bearer other"],
    ["a prefix of the token", "Bearer canary-witness-toke"],
    ["a longer token", "Bearer canary-witness-token1"],
    ["an empty token", "Bearer "],
    ["another scheme", `Basic ${witnessToken}`],
    ["no scheme", witnessToken],
    ["the header of notifications", headers.Authorization],
  ])("responds with 401 to %s", async (_what, authorization) => {
    const { ask } = start();
    const response = await ask(authorization);
    expect([response.status, [...response.headers], await response.text()]).toEqual([401, [], ""]);
  });

  it("responds with 405 to other methods", async () => {
    const { ask } = start();
    const response = await ask(`Bearer ${witnessToken}`, { method: "POST" });
    expect([response.status, [...response.headers]]).toEqual([405, [["allow", "GET"]]]);
  });

  it("does not exist without a token", async () => {
    const receiver = createReceiver({ headers, onNotification() {} });
    expect((await receiver.fetch(new Request(url))).status).toBe(404);
    expect(() => start({ witnessToken: "" })).toThrow(TypeError);
  });

  it("responds at witnessPath", async () => {
    const { ask } = start({ witnessPath: "/witness/crm", path: "/vcc" });
    const statusAt = async (at: string) => (await ask(`Bearer ${witnessToken}`, { at })).status;
    expect(await statusAt("https://receiver.example/witness/crm?fresh")).toBe(200);
    expect(await statusAt(url)).toBe(404);
  });

  it("ignores requests that are not notifications", async () => {
    const { fetch, ask } = start();
    const send = (accepted: Record<string, string>, body: string) =>
      fetch(
        new Request("https://receiver.example", {
          method: "POST",
          headers: { ...accepted, "X-Vcc-Registration": "forged" },
          body,
        }),
      );
    const [notification] = (await notificationRequest().json()) as unknown[];
    await send({}, JSON.stringify([notification]));
    await send(headers, "{}");
    await send(headers, "[]");
    const report = await (await ask(`Bearer ${witnessToken}`)).json();
    expect(report).toMatchObject({ registrations: [], lastRefusedAt: expect.any(String) });
  });

  it("counts repeated notifications as observations", async () => {
    let now = 0;
    const { fetch, evidence } = start({ now: () => now });
    const send = () =>
      fetch(notificationRequest({ headers, registration: "ours", notificationid: "n1" }));
    await send();
    now = 60_000;
    await send();
    expect((await evidence()).registrations).toMatchObject([
      { firstSeenAt: "1970-01-01T00:00:00.000Z", lastSeenAt: "1970-01-01T00:01:00.000Z" },
    ]);
  });

  it("responds with 503 if the store fails", async () => {
    const { ask, errors } = start({
      store: {
        claim: () => "new",
        complete() {},
        release() {},
        loadEvidence: () => Promise.reject(new Error("store is down")),
        saveEvidence() {},
      },
    });
    expect((await ask(`Bearer ${witnessToken}`)).status).toBe(503);
    expect(errors).toEqual([new Error("store is down")]);
  });

  it("responds with what the schema describes, and no secret in any form", async () => {
    const previous = { Authorization: "Bearer canary-previous" };
    const { notify, ask, fetch } = start({
      headers: { current: headers, previous },
      provider: "Crm",
    });
    const responses: string[] = [];
    const record = async () => responses.push(await (await ask(`Bearer ${witnessToken}`)).text());
    await record();
    await notify("a1b2c3d4e5f6", previous);
    await notify("0123456789ab");
    await notify("a1b2c3d4e5f6", previous);
    await notify("Bearer canary-secret");
    await fetch(notificationRequest({ headers: { Authorization: "Bearer canary-guess" } }));
    await record();
    for (const text of responses) expect(schemaErrors(JSON.parse(text))).toBeNull();
    const all = responses.join();
    for (const secret of [
      "canary",
      ...["canary-secret", "Bearer canary-secret", witnessToken].map((value) =>
        Buffer.from(value).toString("base64").slice(0, -3),
      ),
    ]) {
      expect(all).not.toContain(secret);
    }
    expect(schemaErrors({ version: 1 })).not.toBeNull();
  });
});
