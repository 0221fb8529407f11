import { type Emulator, startEmulator } from "../../../emulator";
import { clientOf, settings } from "../client";

let emulator: Emulator;
let client: ReturnType<typeof clientOf>;
beforeEach(async () => {
  emulator = await startEmulator();
  client = clientOf(emulator);
  // Without an endpoint, nothing is sent anywhere.
  const { endpoint, ...withoutEndpoint } = settings;
  await client.register({ ...withoutEndpoint, provider: "Crm" });
  await client.register({ ...withoutEndpoint, provider: "Other" });
});
afterEach(() => emulator.close());

const dispatch = { action: "dispatch", externalid: "a1", route: "Sales" };
const release = { action: "release", externalid: "a1" };

async function statusOf(provider: string | undefined, ...requests: unknown[]) {
  return (await client.invoke({ provider, requests })).status;
}

describe("POST /interactions/Invoke", () => {
  it("accepts a documented example, in any case of its field names", async () => {
    const example = {
      action: "dispatch",
      requestid: "8762187187",
      externalid: "ObjectId_001",
      route: "CrmCallRouting",
      linkeddata: [{ type: "url", label: "Click me", value: "http://foo.example.com" }],
      routingdata: { interactiontype: "nonlive" },
    };
    expect(await client.invoke({ provider: "Crm", requests: [example] })).toMatchObject({
      status: 200,
      text: "",
    });
    expect(emulator.requests().at(-1)).toMatchObject({
      path: "/interactions/Invoke",
      provider: "Crm",
    });
    const { requestid: requestId, externalid: externalId, ...rest } = example;
    expect(
      await client.invoke({ Requests: [{ ...rest, requestId: `${requestId}0`, externalId }] }),
    ).toMatchObject({ status: 200 });
  });

  it("dispatches by default, and releases what was dispatched", async () => {
    expect(await statusOf(undefined, { externalid: "a1", route: "Sales" })).toBe(200);
    expect(await statusOf(undefined, release)).toBe(200);
    expect(await statusOf(undefined, release)).toBe(400);
  });

  it("processes only the first request with a requestid", async () => {
    const first = { ...dispatch, requestid: "r1" };
    const released = { ...release, requestid: "r2" };
    expect(await statusOf("Crm", first, first, released, released)).toBe(200);
    // If it were dispatched again, it could be released again.
    expect(await statusOf("Crm", first)).toBe(200);
    expect(await statusOf("Crm", release)).toBe(400);
  });

  it("releases an interaction only for the provider of its dispatch", async () => {
    expect(await statusOf("Crm", dispatch)).toBe(200);
    expect(await statusOf(undefined, release)).toBe(400);
    expect(await statusOf("Other", release)).toBe(400);
    expect(await statusOf("Crm", release)).toBe(200);
  });

  it("processes all requests or none", async () => {
    expect(await statusOf("Crm", dispatch, { ...release, externalid: "unknown" })).toBe(400);
    expect(await statusOf("Crm", release)).toBe(400);
  });

  it("forgets interactions on a reset", async () => {
    await statusOf(undefined, { ...dispatch, requestid: "r1" });
    emulator.reset();
    expect(await statusOf(undefined, release)).toBe(400);
    expect(await statusOf(undefined, { ...dispatch, requestid: "r1" }, release)).toBe(200);
  });

  it.each([
    ["no requests", { provider: "Crm" }, "requests: "],
    ["requests that are not a list", { requests: dispatch }, "requests: "],
    [
      "another action",
      { requests: [{ ...dispatch, action: "hold" }] },
      "requests[0].action: must be dispatch or release",
    ],
    [
      "a dispatch without a route",
      { requests: [{ externalid: "a" }] },
      "requests[0].route: is required",
    ],
    [
      "a release without an externalid",
      { requests: [{ action: "release" }] },
      "requests[0].externalid: is required",
    ],
    [
      "an unknown field",
      { requests: [{ ...dispatch, rout: "a" }] },
      "requests[0].rout: unknown field",
    ],
    [
      "linked data of lists",
      { requests: [{ ...dispatch, linkeddata: [[]] }] },
      "linkeddata[0]: must be an object",
    ],
    ["an id that is not a string", { requests: [{ ...dispatch, requestid: 1 }] }, "requestid: "],
    ["a list", [], "the body: must be an object"],
    [
      "a provider that is not registered",
      { provider: "crm", requests: [dispatch] },
      "not registered",
    ],
  ])("rejects %s", async (_case, body, message) => {
    const { status, text } = await client.invoke(body);
    expect(status).toBe(400);
    expect(JSON.parse(text).message).toContain(message);
  });

  it("ignores the case of a provider if names are case-insensitive", async () => {
    emulator.behavior.nameCase = "insensitive";
    expect(await statusOf("CRM", dispatch)).toBe(200);
    expect(await statusOf("crm", release)).toBe(200);
  });

  it("requires a token and the media type, as Register does", async () => {
    expect((await client.invoke({ requests: [dispatch] }, "none")).status).toBe(401);
    const { status } = await fetch(`${emulator.apiUrl}/invoke`, { method: "POST" });
    expect(status).toBe(400);
  });
});
