import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { type Emulator, startEmulator } from "../../../emulator";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ admin: true });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

const form = new URLSearchParams({
  grant_type: "client_credentials",
  scope: "interactions:write",
  client_id: "emulator",
  client_secret: "emulator-secret",
}).toString();

/** Unlike `fetch`, with any Host and Origin. */
async function ask(method: string, path: string, headers: Record<string, string>) {
  const sent = httpRequest(emulator.url + path, {
    method,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    agent: false,
    // Events have no end.
    signal: AbortSignal.timeout(5000),
  });
  sent.end(method === "POST" ? form : undefined);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve).once("error", reject);
  });
  return { status: response.statusCode, body: await text(response) };
}

const requests = [
  ["POST", "/Auth/connect/token"],
  ["POST", "/interactions/Register"],
  ["POST", "/interactions/Invoke"],
  ["POST", "/_emulator/reset"],
  ["GET", "/"],
  ["GET", "/_emulator/registrations"],
  ["GET", "/_emulator/events"],
  ["GET", "/unknown"],
] as const;

describe.each(requests)("%s %s", (method, path) => {
  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "192.168.0.1:4010",
    "localhost@evil.example",
    "localhost.",
    "evil.localhost",
  ])("is rejected for the Host %j", async (host) => {
    expect(await ask(method, path, { host })).toEqual({
      status: 403,
      body: expect.stringContaining("Host must be loopback"),
    });
    expect(emulator.requests()).toEqual([]);
  });

  it("is rejected from another site", async () => {
    expect(await ask(method, path, { "sec-fetch-site": "cross-site" })).toEqual({
      status: 403,
      body: expect.stringContaining("Sec-Fetch-Site"),
    });
    expect(emulator.requests()).toEqual([]);
  });
});

describe("the emulator", () => {
  it.each([
    ["two Hosts", "host: localhost\r\nhost: evil.example\r\n"],
    ["the same Host twice", "host: localhost\r\nHost: localhost\r\n"],
  ])("rejects %s", async (_case, hosts) => {
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
    socket.end(`GET / HTTP/1.1\r\n${hosts}\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 403 /);
  });

  it("rejects HTTP/1.0 without a Host", async () => {
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
    socket.end("GET / HTTP/1.0\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1.1 403 /);
  });

  it.each(["https://evil.example", "http://127.0.0.1:1", "http://localhost", "null"])(
    "rejects the Origin %s",
    async (origin) => {
      expect((await ask("POST", "/Auth/connect/token", { origin })).status).toBe(403);
      expect((await ask("GET", "/_emulator/registrations", { origin })).status).toBe(403);
    },
  );

  it.each([
    { host: "localhost" },
    { host: "LOCALHOST:4010" },
    { host: "[::1]:80" },
    { host: "127.0.0.1" },
    { host: "localhost:1", origin: "http://LOCALHOST:1" },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ])("accepts a token request with %j", async (headers) => {
    expect(await ask("POST", "/Auth/connect/token", headers)).toEqual({
      status: 200,
      body: expect.stringContaining("access_token"),
    });
  });
});
