import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { type Emulator, startEmulator } from "../../../emulator";
import { clientOf } from "../client";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ admin: true });
});
afterAll(() => emulator.close());

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
