import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { createReceiver, notificationRequest } from "../../receiver";
import { servers } from "./server";

const headers = { Authorization: "Bearer secret", "X-Tenant": "acme" };
const witnessToken = "witness";

const text = fc.string({ minLength: 1 });
const notification = fc.record({
  notification: fc.oneof(fc.constantFrom("AssignToAgent", "Release"), text),
  objectid: fc.oneof(text, fc.integer()),
  notificationid: fc.oneof(fc.uuid(), text, fc.integer()),
  params: fc.dictionary(fc.string(), fc.jsonValue()),
});
const anyNotification = fc.dictionary(
  fc.constantFrom("notification", "objectid", "notificationid", "params", "__proto__"),
  fc.jsonValue(),
);
const body = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(notification, { maxLength: 5 }).map((all) => JSON.stringify(all)),
  },
  fc.array(anyNotification, { maxLength: 5 }).map((all) => JSON.stringify(all)),
  fc.json(),
  fc.string({ unit: "binary" }),
  fc.constantFrom('[{"__proto__":{"notification":"x"}}]', "[".repeat(900), " ".repeat(3000)),
);

const headerName = fc.constantFrom(
  "Authorization",
  "authorization",
  "X-Tenant",
  "X-Vcc-Registration",
);
const headerValue = fc.oneof(
  fc.constantFrom(...Object.values(headers), "Bearer secre", "acme ", "", witnessToken),
  fc.stringMatching(/^[\x20-\x7e\x80-\xff]{0,40}$/),
);
const sentHeaders: fc.Arbitrary<Array<[string, string]>> = fc.oneof(
  fc.constant(Object.entries(headers)),
  fc.array(fc.tuple(headerName, headerValue), { maxLength: 4 }),
);

/** Whether the last value of each registered header is right, and there is one. */
function areRight(sent: Array<[string, string]>): boolean {
  return Object.entries(headers).every(([name, value]) => {
    const values = sent.filter(([other]) => other.toLowerCase() === name.toLowerCase());
    return values.length === 1 && values[0]?.[1].trim() === value;
  });
}

function start() {
  const handled: string[] = [];
  const receiver = createReceiver({
    headers,
    onNotification: ({ notificationid }) => handled.push(notificationid),
    witnessToken,
    maxBodyBytes: 2000,
  });
  return { ...receiver, handled };
}

describe("any request", () => {
  const listen = servers();

  it("gets a response, 2xx only if its headers are right, and is handled at most once", async () => {
    const { fetch, handled } = start();
    const seen = { accepted: 0, refused: 0 };
    const request = fc.record({
      method: fc.constantFrom("POST", "POST", "POST", "GET", "PUT"),
      path: fc.oneof(fc.webPath(), fc.constantFrom("/", "/vcc", "/.well-known/vcc-registration")),
      sent: sentHeaders,
      body,
      chunk: fc.integer({ min: 1, max: 64 }),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, sent, body, chunk }) => {
        const bytes = new TextEncoder().encode(body);
        let position = 0;
        const stream = new ReadableStream({
          pull(controller) {
            if (position >= bytes.length) return controller.close();
            controller.enqueue(bytes.subarray(position, position + chunk));
            position += chunk;
          },
        });
        const init = { method, headers: new Headers(), ...(method !== "GET" && { body: stream }) };
        for (const [name, value] of sent) init.headers.append(name, value);
        const url = `http://localhost${path}`;
        const response = await fetch(new Request(url, { ...init, duplex: "half" } as RequestInit));
        expect([200, 400, 401, 404, 405, 413]).toContain(response.status);
        expect(await response.text()).toBe("");
        if (response.ok) expect([method, areRight(sent)]).toEqual(["POST", true]);
        seen[response.ok ? "accepted" : "refused"]++;
      }),
      { numRuns: 2000 },
    );
    expect(new Set(handled).size).toBe(handled.length);
    expect(({} as { notification?: unknown }).notification).toBeUndefined();
    expect(seen.accepted).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it("keeps the server working, in any chunks, malformed or aborted", async () => {
    const { node, handled } = start();
    const { port, url } = await listen(node);
    const seen = { accepted: 0, other: 0 };
    const transfer = fc.record({
      sent: sentHeaders,
      body,
      framing: fc.constantFrom(
        "length",
        "length",
        "chunked",
        "chunked",
        "wrong length",
        "malformed",
      ),
      cuts: fc.array(fc.nat({ max: 400 }), { maxLength: 4 }),
      abort: fc.oneof(
        { weight: 5, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.nat({ max: 300 }) },
      ),
    });
    await fc.assert(
      fc.asyncProperty(transfer, async ({ sent, body, framing, cuts, abort }) => {
        const payload = Buffer.from(body);
        const lines = [
          "POST / HTTP/1.1",
          "Host: localhost",
          "Connection: close",
          ...sent.map(([name, value]) => `${name}: ${value}`),
        ];
        const framed: Record<string, [string[], Buffer]> = {
          length: [[`Content-Length: ${payload.length}`], payload],
          chunked: [["Transfer-Encoding: chunked"], chunked(payload)],
          "wrong length": [[`Content-Length: ${payload.length + 7}`], payload],
          malformed: [["Transfer-Encoding: chunked"], payload],
        };
        const [more, content] = framed[framing] as [string[], Buffer];
        const head = Buffer.from(`${[...lines, ...more].join("\r\n")}\r\n\r\n`, "latin1");
        const all = Buffer.concat([head, content]).subarray(0, abort);
        const response = await send(port, pieces(all, cuts), abort !== undefined);
        const [, status] = /^HTTP\/1\.1 (\d+)/.exec(response) ?? [];
        if (status?.startsWith("2")) {
          expect(areRight(sent)).toBe(true);
          expect(["length", "chunked"]).toContain(framing);
          seen.accepted++;
        } else seen.other++;
      }),
      { numRuns: 1000 },
    );
    expect(seen.accepted).toBeGreaterThan(50);
    expect(seen.other).toBeGreaterThan(200);
    const before = handled.length;
    const { body: last } = notificationRequest({ headers });
    const init = { method: "POST", headers, body: last, duplex: "half" } as RequestInit;
    expect((await globalThis.fetch(url, init)).status).toBe(200);
    expect(handled).toHaveLength(before + 1);
  });
});

function chunked(payload: Buffer): Buffer {
  const chunks = payload.length === 0 ? [] : [payload.subarray(0, 5), payload.subarray(5)];
  const framed = chunks
    .filter(({ length }) => length > 0)
    .flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}\r\n`),
      chunk,
      Buffer.from("\r\n"),
    ]);
  return Buffer.concat([...framed, Buffer.from("0\r\n\r\n")]);
}

function pieces(all: Buffer, cuts: number[]): Buffer[] {
  const ends = [...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
  return ends.map((end, index) => all.subarray(ends[index - 1] ?? 0, end));
}

/** Half-closes, or resets the connection, after the last piece. */
async function send(port: number, all: Buffer[], reset: boolean): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  const received: Buffer[] = [];
  socket.on("data", (chunk) => received.push(chunk));
  socket.on("error", () => {});
  socket.on("end", () => socket.end());
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  for (const piece of all) {
    socket.write(piece);
    await new Promise(setImmediate);
  }
  if (reset) socket.resetAndDestroy();
  else socket.end();
  await closed;
  return Buffer.concat(received).toString("latin1");
}
