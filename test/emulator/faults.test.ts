import { once } from "node:events";
import { connect } from "node:net";
import { type Emulator, type Fault, type FaultRule, startEmulator } from "../../emulator";
import { clientOf, settings } from "./client";

let emulator: Emulator;
let client: ReturnType<typeof clientOf>;
let token: string;
beforeEach(async () => {
  emulator = await startEmulator();
  client = clientOf(emulator);
  ({ token } = await client.requestToken());
});
afterEach(() => emulator.close());

const register = () => client.register(settings, token);
const last = () => emulator.requests().at(-1);

function failRegister(fault: Fault) {
  emulator.fail({ target: "register", fault });
}

/** What a socket receives after a Register request that announces a body of nine bytes. */
async function outcomeOfSocket(body = "") {
  const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
  socket.write(
    "POST /interactions/Register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
  );
  socket.write(body);
  let received = "";
  socket.on("data", (chunk) => (received += chunk));
  const [error] = await Promise.race([once(socket, "end"), once(socket, "close")]).catch(
    (error) => [error],
  );
  socket.destroy();
  return { received, code: error?.code };
}

describe("fault", () => {
  it("status: responds with status, headers and body, without effect", async () => {
    failRegister({
      kind: "status",
      status: 503,
      headers: { "Retry-After": "7" },
      body: '{"message":"x"}',
    });
    const response = await register();
    expect(response).toMatchObject({ status: 503, text: '{"message":"x"}' });
    expect(response.headers.get("retry-after")).toBe("7");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(emulator.registrations()).toEqual([]);
    expect(last()).toMatchObject({ status: 503, fault: "status" });
  });

  it("status: overrides the default Content-Type", async () => {
    const headers = { "Content-Type": "application/problem+json" };
    failRegister({ kind: "status", status: 400, headers, body: "{}" });
    expect((await register()).headers.get("content-type")).toBe("application/problem+json");
  });

  it("reset: resets the connection before it reads the body, without effect", async () => {
    failRegister({ kind: "reset" });
    expect(await outcomeOfSocket()).toEqual({ received: "", code: "ECONNRESET" });
    expect(last()).toMatchObject({ path: "/interactions/Register", status: null, fault: "reset" });
    expect(last()).not.toHaveProperty("provider");
    expect(emulator.registrations()).toEqual([]);
  });

  it("lost-response: registers, then resets the connection", async () => {
    failRegister({ kind: "lost-response" });
    await expect(register()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(emulator.registrations()).toEqual([settings]);
    expect(last()).toMatchObject({
      status: null,
      fault: "lost-response",
      provider: settings.provider,
    });
  });

  it("slow: registers at once, and responds later", async () => {
    failRegister({ kind: "slow", ms: 50 });
    const before = performance.now();
    expect((await register()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(45);
    expect(last()).toMatchObject({ status: 200, fault: "slow" });
  });

  it("slow: is recorded without a status if the client disconnects", async () => {
    failRegister({ kind: "slow", ms: 3_600_000 });
    const response = register().catch(() => {});
    while (emulator.registrations().length === 0) await new Promise(setImmediate);
    await emulator.close();
    await response;
    expect(last()).toMatchObject({ status: null, fault: "slow" });
  });

  it("trickle: sends an endless body, and stops when the client disconnects", async () => {
    const stopped = jest.spyOn(global, "clearInterval");
    emulator.fail({ target: "token", fault: { kind: "trickle", bytesPerSecond: 200 } });
    const abortController = new AbortController();
    const response = await fetch(emulator.authUrl, {
      method: "POST",
      body: new URLSearchParams(),
      signal: abortController.signal,
    });
    expect(response.status).toBe(400);
    expect(response.headers.has("content-length")).toBe(false);
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of response.body ?? []) {
        bytes += chunk.length;
        if (bytes >= 4) abortController.abort();
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(bytes).toBeLessThan(100);
    while (stopped.mock.calls.length === 0) await new Promise(setImmediate);
    stopped.mockRestore();
  });

  it("truncated: announces a longer body than it sends, even for an empty body", async () => {
    failRegister({ kind: "truncated" });
    await expect(register()).rejects.toThrow("terminated");
    expect(emulator.registrations()).toEqual([settings]);
    emulator.behavior.successStatus = 204;
    failRegister({ kind: "truncated" });
    await expect(register()).rejects.toThrow("terminated");
    failRegister({ kind: "truncated" });
    const { received } = await outcomeOfSocket("123456789");
    const [, announced, body = ""] =
      /content-length: (\d+)\r\n.*?\r\n\r\n(.*)$/s.exec(received) ?? [];
    expect(body.length).toBeGreaterThan(0);
    expect(body.length).toBeLessThan(Number(announced));
    emulator.fail({ target: "token", fault: { kind: "truncated" } });
    await expect(client.requestToken()).rejects.toThrow("terminated");
  });

  it("malformed: responds with the usual status and malformed JSON", async () => {
    emulator.fail({ target: "any", times: 2, fault: { kind: "malformed" } });
    for (const response of [await register(), await client.requestToken()]) {
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(() => JSON.parse(response.text)).toThrow(SyntaxError);
    }
    expect(emulator.registrations()).toEqual([settings]);
  });

  it.each([undefined, 10, 2_000_000])("html: sends a page of %p bytes", async (bytes) => {
    failRegister({ kind: "html", status: 502, bytes });
    const response = await register();
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("text/html");
    expect(response.text).toMatch(/^<!DOCTYPE/);
    if (bytes !== undefined) expect(response.text).toHaveLength(bytes);
    expect(emulator.registrations()).toEqual([]);
  });

  it.each([
    [undefined, 302],
    [308, 308],
  ] as const)("redirect: with status %p", async (status, expected) => {
    const location = "https://elsewhere.example.com/Register";
    failRegister({ kind: "redirect", location, status });
    const response = await register();
    expect([response.status, response.headers.get("location")]).toEqual([expected, location]);
    expect(emulator.registrations()).toEqual([]);
  });

  it("revoke-token: rejects this request and its token, not the next token", async () => {
    failRegister({ kind: "revoke-token" });
    expect((await register()).status).toBe(401);
    expect((await register()).status).toBe(401);
    expect((await client.register()).status).toBe(200);
  });
});

describe("fault rules", () => {
  const status = (status: number): Fault => ({ kind: "status", status });

  it("apply in order, each to its number of requests", async () => {
    emulator.fail({ target: "register", times: 2, fault: status(500) });
    emulator.fail({ target: "register", fault: status(503) });
    const statuses = [];
    for (const _ of "1234") statuses.push((await register()).status);
    expect(statuses).toEqual([500, 500, 503, 200]);
  });

  it("apply to their target only", async () => {
    const invoke = () => client.invoke({ requests: [{ route: "A" }] }, token);
    const statuses = async () => [
      (await client.requestToken()).status,
      (await register()).status,
      (await invoke()).status,
    ];
    const rule = (target: FaultRule["target"]) =>
      emulator.fail({ target, times: 3, fault: status(503) });
    const affected: Record<string, number[]> = {};
    for (const target of ["token", "register", "invoke", "api", "any"] as const) {
      emulator.clearFaults();
      rule(target);
      affected[target] = await statuses();
    }
    expect(affected).toEqual({
      token: [503, 200, 200],
      register: [200, 503, 200],
      invoke: [200, 200, 503],
      api: [200, 503, 503],
      any: [503, 503, 503],
    });
  });

  it("are listed with their remaining times, and can be cleared", async () => {
    emulator.fail({ target: "api", times: 3, fault: status(500) });
    emulator.fail({ target: "any", fault: { kind: "reset" } });
    await register();
    expect(emulator.faults()).toMatchObject([
      { target: "api", times: 2, fault: status(500) },
      { target: "any", times: 1, fault: { kind: "reset" } },
    ]);
    emulator.clearFaults();
    expect(emulator.faults()).toEqual([]);
    expect((await register()).status).toBe(200);
  });

  it("are removed one by one", async () => {
    for (const code of [500, 501, 502]) emulator.fail({ target: "register", fault: status(code) });
    const [, second] = emulator.faults();
    expect(emulator.removeFault(second?.id ?? -1)).toBe(true);
    expect(emulator.removeFault(second?.id ?? -1)).toBe(false);
    const statuses = [];
    for (const _ of "123") statuses.push((await register()).status);
    expect(statuses).toEqual([500, 502, 200]);
  });

  it.each([
    ["an unknown kind", { target: "api", fault: { kind: "flood" } }],
    ["an unknown target", { target: "Register", fault: { kind: "reset" } }],
    ["a delay that timers do not support", { target: "api", fault: { kind: "slow", ms: 2 ** 31 } }],
    [
      "an excessive byte rate",
      { target: "api", fault: { kind: "trickle", bytesPerSecond: 1e300 } },
    ],
    ["headers in a list", { target: "api", fault: { kind: "status", status: 503, headers: [] } }],
    [
      "a header of any name that cannot be sent",
      { target: "api", fault: { kind: "status", status: 503, headers: { constructor: "a\nb" } } },
    ],
    ["a number that is not exact", { target: "api", times: 2 ** 53, fault: { kind: "reset" } }],
    ["zero times", { target: "api", times: 0, fault: { kind: "reset" } }],
    ["an informational status", { target: "api", fault: { kind: "status", status: 100 } }],
    [
      "a header that cannot be sent",
      { target: "api", fault: { kind: "redirect", location: "a\r\nb: c" } },
    ],
  ])("reject %s", (_case, rule) => {
    expect(() => emulator.fail(rule as FaultRule)).toThrow(TypeError);
    expect(emulator.faults()).toEqual([]);
  });

  it("send no response, but keep the emulator alive, for headers that Node.js rejects", async () => {
    failRegister({ kind: "status", status: 200, headers: { trailer: "x" }, body: "h" });
    await expect(register()).rejects.toThrow("fetch failed");
    expect((await register()).status).toBe(200);
  });

  it("revokeTokens: invalidates all tokens", async () => {
    emulator.revokeTokens();
    expect((await register()).status).toBe(401);
    expect((await client.register()).status).toBe(200);
  });

  it("end when the emulator closes, however long they would take", async () => {
    emulator.fail({ target: "register", fault: { kind: "slow", ms: 3_600_000 } });
    emulator.fail({ target: "token", fault: { kind: "trickle", bytesPerSecond: 1 } });
    const both = Promise.allSettled([register(), client.requestToken()]);
    while (emulator.faults().length > 0) await new Promise(setImmediate);
    await emulator.close();
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await emulator.close();
  }, 10_000);
});
