import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import { servers } from "../../receiver/server";
import { clientOf, settings } from "../client";

const started: Emulator[] = [];
afterEach(async () => {
  for (const emulator of started.splice(0)) await emulator.close();
});

async function start(options: EmulatorOptions = { admin: true }) {
  const emulator = await startEmulator(options);
  started.push(emulator);

  /** Sends a request with any Host and Origin, which `fetch` does not allow. */
  async function request(method: string, path: string, body?: unknown, headers = {}) {
    const sent = httpRequest(emulator.url + path, { method, headers, agent: false });
    sent.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
    const [response] = await new Promise<[import("node:http").IncomingMessage]>(
      (resolve, reject) => {
        sent.once("response", (response) => resolve([response])).once("error", reject);
      },
    );
    const received = await text(response);
    return {
      status: response.statusCode,
      headers: response.headers,
      text: received,
      json: /^[[{]/.test(received) ? JSON.parse(received) : undefined,
    };
  }

  return { emulator, request, ...clientOf(emulator) };
}

const admin = "/_emulator/";
const resources = ["registrations", "requests", "callbacks", "faults", "behavior", "events"];
const lostResponse = { target: "register", fault: { kind: "lost-response" } };

describe("the admin API", () => {
  const listen = servers();

  it.each(["/", "/_emulator/page.js", ...resources.map((name) => admin + name)])(
    "is off by default: %s is like any unknown path",
    async (path) => {
      const { emulator, request } = await start({});
      const unknown = await request("GET", "/unknown");
      const { status, text } = await request("GET", path);
      expect({ status, text }).toEqual({ status: 404, text: unknown.text });
      expect(emulator.requests()).toHaveLength(2);
    },
  );

  it("masks header values, and the parts of the endpoint other than host and path", async () => {
    const { request, register } = await start();
    const endpoint = "https://canary:canary@crm.example.com:8443/routing?key=canary#canary";
    const headers = { "x-api-key": "canary", Authorization: "Bearer canary" };
    expect(await register({ ...settings, endpoint, headers })).toMatchObject({ status: 200 });
    expect((await request("GET", `${admin}registrations`)).json).toEqual([
      {
        ...settings,
        endpoint: "https://••••@crm.example.com:8443/routing?••••#••••",
        headers: { "x-api-key": "••••", Authorization: "••••" },
      },
    ]);
    for (const name of resources.slice(0, -1)) {
      const { text } = await request("GET", admin + name);
      expect(text).not.toMatch(/canary|emulator-token|emulator-secret/);
    }
  });

  it("lists requests and callbacks as the emulator does", async () => {
    const { emulator, request, register, invoke } = await start();
    await register({ ...settings, endpoint: "https://127.0.0.1:1/routing?key=canary" });
    await invoke({ provider: settings.provider, requests: [{ route: "a" }] });
    await emulator.settled();
    expect(emulator.callbacks()).toHaveLength(1);
    expect((await request("GET", `${admin}callbacks`)).json).toEqual(emulator.callbacks());
    expect((await request("GET", `${admin}requests`)).json).toEqual(emulator.requests());
  });

  it("lists the newest registration or change first", async () => {
    const { emulator, request, register } = await start();
    for (const provider of ["a", "b", "c", "a"]) await register({ ...settings, provider });
    const names = async () =>
      (await request("GET", `${admin}registrations`)).json.map(
        ({ provider }: { provider: string }) => provider,
      );
    expect(await names()).toEqual(["a", "c", "b"]);
    expect(emulator.registrations().map(({ provider }) => provider)).toEqual(["a", "b", "c"]);
    emulator.reset();
    expect(await names()).toEqual([]);
  });

  it("sends a notification as VCC does, and responds with what came back", async () => {
    const received: Array<{ body: unknown; headers: object }> = [];
    const { url } = await listen(async (request, response) => {
      received.push({ body: JSON.parse(await text(request)), headers: request.headers });
      response.writeHead(received.length === 1 ? 200 : 503).end();
    });
    const { emulator, request, register } = await start({ admin: true, deliverTo: url });
    await register();
    const { provider } = settings;
    const invoke = async (interaction: object) =>
      (await request("POST", `${admin}invoke`, { provider, requests: [interaction] })).json;
    const registration = async () => (await request("GET", `${admin}registrations`)).json[0];

    const [assigned] = await invoke({ route: "Sales" });
    const { objectid } = assigned;
    expect(assigned).toMatchObject({ provider, notification: "AssignToAgent", status: 200 });
    expect(await registration()).toMatchObject({ assigned: objectid, callback: assigned });
    const [released] = await invoke({ action: "release", externalid: objectid });
    expect(released).toMatchObject({ notification: "Release", objectid, status: 503 });
    expect(await registration()).toMatchObject({ callback: released });
    expect(await registration()).not.toHaveProperty("assigned");

    const headers = expect.objectContaining({ authorization: settings.headers.Authorization });
    expect(received).toEqual(
      ["AssignToAgent", "Release"].map((notification) => ({
        headers,
        body: [expect.objectContaining({ notification, objectid })],
      })),
    );
    expect(emulator.requests()).toHaveLength(2);
    expect(JSON.stringify([assigned, released])).not.toContain(settings.headers.Authorization);
  });

  it("adds faults, lists the remaining ones, and clears them", async () => {
    const { request, requestToken, register } = await start();
    const { token } = await requestToken();
    const left = (times: number) => [{ id: 0, ...lostResponse, times }];
    expect(await request("POST", `${admin}faults`, { ...lostResponse, times: 3 })).toMatchObject({
      status: 200,
      json: left(3),
    });
    await expect(register(settings, token)).rejects.toThrow();
    expect((await request("GET", `${admin}faults`)).json).toEqual(left(2));
    expect(await request("DELETE", `${admin}faults`)).toMatchObject({ status: 200, json: [] });
    expect(await register(settings, token)).toMatchObject({ status: 200 });
  });

  it("removes one fault, once", async () => {
    const { request } = await start();
    await request("POST", `${admin}faults`, lostResponse);
    const { json } = await request("POST", `${admin}faults`, { ...lostResponse, times: 2 });
    const [first, second] = json;
    expect(await request("DELETE", `${admin}faults/${first.id}`)).toMatchObject({
      status: 200,
      json: [second],
    });
    expect(await request("DELETE", `${admin}faults/${first.id}`)).toMatchObject({
      status: 404,
      json: { message: "The fault has already been applied or removed" },
    });
    expect((await request("GET", `${admin}faults`)).json).toEqual([second]);
  });

  it("changes the behavior, and resets everything", async () => {
    const { emulator, request, register } = await start();
    const switches = { successStatus: 204, rateLimit: null };
    expect((await request("PATCH", `${admin}behavior`, switches)).json).toMatchObject(switches);
    expect(await register()).toMatchObject({ status: 204 });
    expect(await request("POST", `${admin}reset`)).toMatchObject({ status: 204, text: "" });
    expect(emulator.behavior.successStatus).toBe(200);
    expect((await request("GET", `${admin}registrations`)).json).toEqual([]);
  });

  it.each([
    ["POST", "faults", "{", "the body: must be JSON"],
    ["POST", "faults", [], "rule: must be an object"],
    ["POST", "faults", { ...lostResponse, fault: { kind: "fire" } }, "fault.kind: "],
    ["POST", "faults", { ...lostResponse, fault: { kind: "slow" } }, "fault.ms: "],
    ["POST", "faults", { ...lostResponse, times: 0 }, "times: "],
    ["POST", "faults", { ...lostResponse, times: 1.5 }, "times: "],
    ["POST", "faults", { ...lostResponse, target: "all" }, "target: "],
    ["PATCH", "behavior", [], "the body: must be an object"],
    ["PATCH", "behavior", { sucessStatus: 204 }, "sucessStatus"],
    ["PATCH", "behavior", { successStatus: 418 }, "successStatus: "],
    ["PATCH", "behavior", { latencyMs: 1, rateLimit: { requests: 1 } }, "rateLimit.windowMs: "],
    ["PATCH", "behavior", { rateLimit: [] }, "behavior.rateLimit: must be an object"],
    ["PATCH", "behavior", { tokenLifetimeS: 1e300 }, "behavior.tokenLifetimeS: must be at most "],
  ])("rejects %s %s %j with a message, and changes nothing", async (method, name, body, part) => {
    const { request } = await start();
    const before = (await request("GET", admin + name)).json;
    const { status, json } = await request(method, admin + name, body);
    expect(status).toBe(400);
    expect(json).toEqual({ message: expect.stringContaining(part) });
    expect((await request("GET", admin + name)).json).toEqual(before);
  });

  it("rejects an interaction of a provider that is not registered", async () => {
    const { request } = await start();
    const body = { provider: "Unknown", requests: [{ route: "a" }] };
    expect(await request("POST", `${admin}invoke`, body)).toMatchObject({
      status: 400,
      json: { message: 'The provider "Unknown" is not registered' },
    });
  });

  it("rejects unsupported methods, unknown names, and an oversized body", async () => {
    const { request } = await start();
    for (const [method, path, allow] of [
      ["DELETE", "requests", "GET"],
      ["PUT", "faults", "GET, POST, DELETE"],
      ["GET", "invoke", "POST"],
      ["GET", "faults/1", "DELETE"],
      ["POST", "events", "GET"],
      ["POST", "page.js", "GET, HEAD"],
    ] as const) {
      expect(await request(method, admin + path)).toMatchObject({
        status: 405,
        headers: { allow },
      });
    }
    expect(await request("GET", `${admin}../registrations`)).toMatchObject({ status: 404 });
    expect(await request("POST", `${admin}faults`, " ".repeat(1_000_001))).toMatchObject({
      status: 413,
    });
  });

  it("is not recorded, not limited, and not affected by faults", async () => {
    const { emulator, request } = await start({
      admin: true,
      behavior: { rateLimit: { requests: 1, windowMs: 60_000, retryAfter: "none" } },
    });
    emulator.fail({ target: "any", times: 9, fault: { kind: "reset" } });
    for (const path of ["/", ...resources.slice(0, -1).map((name) => admin + name)]) {
      expect(await request("GET", path)).toMatchObject({ status: 200 });
    }
    expect(emulator.faults()).toMatchObject([{ times: 9 }]);
    expect(emulator.requests()).toEqual([]);
  });

  it("sends an event for every change", async () => {
    const { emulator, request, requestToken, register } = await start();
    const { token } = await requestToken();
    const { body, headers } = await fetch(`${emulator.url}${admin}events`);
    expect(headers.get("content-type")).toBe("text/event-stream");
    const events = (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    expect((await events.read()).value).toContain("retry:");
    for (const change of [
      () => register(settings, token),
      () => request("POST", `${admin}faults`, lostResponse),
      () => request("DELETE", `${admin}faults`),
      () => request("PATCH", `${admin}behavior`, { latencyMs: 1 }),
      () => request("POST", `${admin}reset`),
    ]) {
      const event = events.read();
      await change();
      expect((await event).value).toContain("event: change\ndata: {}\n\n");
    }
  });

  it("ends its events when the emulator closes", async () => {
    const { emulator } = await start();
    const { body } = await fetch(`${emulator.url}${admin}events`);
    await emulator.close();
    await expect(new Response(body).text()).rejects.toThrow();
  });

  it("accepts changes with its own Origin", async () => {
    const { emulator, request } = await start();
    const { status } = await request("POST", `${admin}reset`, undefined, { origin: emulator.url });
    expect(status).toBe(204);
  });

  it.each([
    ["/", "text/html; charset=utf-8"],
    ["/_emulator/page.js", "text/javascript; charset=utf-8"],
    ["/_emulator/page.css", "text/css; charset=utf-8"],
    ["/_emulator/requests", "application/json"],
  ])("forbids embedding, sniffing and storing %s", async (path, type) => {
    const { request } = await start();
    expect((await request("GET", path)).headers).toMatchObject({
      "content-type": type,
      "content-security-policy": expect.stringMatching(/^default-src 'self';.*frame-ancestors/),
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
  });
});
