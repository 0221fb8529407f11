import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { type Emulator, startEmulator } from "../../emulator";
import { clientOf } from "./client";

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

describe("the emulator", () => {
  it.each(requests)("rejects other sites at %s %s", async (method, path) => {
    for (const [header, value] of [
      ["host", "evil.example"],
      ["sec-fetch-site", "cross-site"],
      ["origin", "https://evil.example"],
    ] as const) {
      const { status, body } = await ask(method, path, { [header]: value });
      expect([status, body.toLowerCase()]).toEqual([403, expect.stringContaining(header)]);
    }
    expect(emulator.requests()).toEqual([]);
  });

  it.each([
    "127.0.0.1.evil.example",
    "192.168.0.1:4010",
    "localhost@evil.example",
    "localhost.",
    "evil.localhost",
  ])("rejects the Host %j", async (host) => {
    expect(await ask("POST", "/Auth/connect/token", { host })).toEqual({
      status: 403,
      body: expect.stringContaining("Host must be loopback"),
    });
  });

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

  it.each(["http://127.0.0.1:1", "http://localhost", "null"])(
    "rejects the Origin %s",
    async (origin) => {
      expect((await ask("POST", "/_emulator/reset", { origin })).status).toBe(403);
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

/**
 * Sends 800 MB, or what the emulator accepts of them. Resolves with the response when the connection
 * has closed.
 */
async function sendHuge(
  path: string,
  { token, stops = true }: { token?: string; stops?: boolean } = {},
): Promise<string> {
  const port = Number(new URL(emulator.url).port);
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: !stops });
  await once(socket, "connect");
  let response = "";
  socket.on("data", (chunk) => {
    response += chunk;
  });
  // A client that goes on sending gets an error when the emulator closes the connection.
  socket.on("error", () => {});
  if (stops) socket.once("end", () => socket.destroy());
  const headers = [
    `POST ${path} HTTP/1.1`,
    "host: localhost",
    "accept: application/vnd.newvoicemedia.v1+json",
    "content-type: application/json",
    "content-length: 800000000",
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
  ];
  socket.write(`${headers.join("\r\n")}\r\n\r\n`);
  const chunk = Buffer.alloc(1_000_000, " ");
  const send = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on("drain", send);
  send();
  await new Promise((resolve) => socket.once("close", resolve));
  return response;
}

describe("a body of 800 MB", () => {
  it.each([
    ["/interactions/Register", "401 Unauthorized"],
    ["/interactions/Invoke", "401 Unauthorized"],
    ["/Auth/connect/token", "413 Payload Too Large"],
    ["/unknown", "404 Not Found"],
    ["/_emulator/faults", "413 Payload Too Large"],
  ])(
    "to %s without a token gets a response %s, and the connection closes",
    async (path, status) => {
      const response = await sendHuge(path);
      expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`));
      expect(response.toLowerCase()).toContain("\r\nconnection: close\r\n");
    },
  );

  it("with a token gets VCC's own response", async () => {
    const { token } = await clientOf(emulator).requestToken();
    const response = await sendHuge("/interactions/Register", { token });
    expect(response).toContain("HTTP/1.1 413 Payload Too Large\r\n");
    expect(response).toContain('{"message":"Payload Too Large"}');
  });
});

describe("a client that goes on sending", () => {
  it("loses its connection", async () => {
    expect(await sendHuge("/unknown", { stops: false })).toContain("404 Not Found");
  });
});

describe("a client that sends all of a large body before it reads", () => {
  it("gets the response", async () => {
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
    const bytes = 20_000_000;
    socket.write(`POST /unknown HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${bytes}\r\n\r\n`);
    await new Promise((resolve) => socket.write(Buffer.alloc(bytes), resolve));
    expect(await text(socket)).toContain("404 Not Found");
  });
});

describe("a body", () => {
  it("may begin with a byte order mark", async () => {
    const post = async (body: Buffer) =>
      (await fetch(`${emulator.url}/_emulator/faults`, { method: "POST", body })).status;
    const rule = '{"target":"register","fault":{"kind":"status","status":503,"body":"é"}}';
    expect(await post(Buffer.from(`\ufeff${rule}`))).toBe(200);
  });

  it("may have 100,000 bytes, and not one more", async () => {
    const { register } = clientOf(emulator);
    const permitted = { provider: "", agentactionspermitted: {} };
    const room = 100_000 - JSON.stringify(permitted).length;
    expect(await register({ ...permitted, provider: "x".repeat(room) })).toMatchObject({
      status: 200,
    });
    const response = await register({ ...permitted, provider: "x".repeat(room + 1) });
    expect(response).toMatchObject({ status: 413, text: '{"message":"Payload Too Large"}' });
    expect(response.headers.get("connection")).toBe("close");
  });
});
