import { Console } from "node:console";
import { createReceiver, notificationRequest, type ReceiverOptions } from "../../receiver";
import { createMemoryStore } from "../../receiver/notification-store";
import { recordingReceiver } from "./recording-receiver";

const headers = { Authorization: "Bearer canary-secret", "X-Tenant": "acme" };

/** A recording receiver whose responses have no body. */
function start(options: Partial<ReceiverOptions> = {}) {
  const receiver = recordingReceiver(headers, options);
  async function fetch(request: Request) {
    const response = await receiver.fetch(request);
    expect(await response.text()).toBe("");
    return { status: response.status, headers: Object.fromEntries(response.headers) };
  }
  return { ...receiver, fetch };
}

const post = (body: string | ReadableStream) =>
  new Request("https://receiver.example/vcc", {
    method: "POST",
    headers,
    body,
    duplex: "half",
  } as RequestInit);

/** A gate that handlers wait at. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), opened };
}

describe("the receiver", () => {
  it("passes a notification to the application and responds with 200", async () => {
    const { fetch, handled, errors } = start();
    const notification = {
      notification: "AssignToAgent",
      objectid: "a1",
      notificationid: "n1",
      params: { AccountName: "Acme", Agent: "Ann", AgentId: "5464" },
    };
    const response = await fetch(notificationRequest({ headers, ...notification }));
    expect(response).toEqual({ status: 200, headers: {} });
    expect(handled).toEqual([notification]);
    expect(errors).toEqual([]);
  });

  it("passes each notification of an array once, even if they are repeated", async () => {
    const { fetch, handled } = start();
    const notifications = [
      { notificationid: "1" },
      { notificationid: "2" },
      { notificationid: "1" },
    ];
    for (let times = 0; times < 2; times++) {
      expect(await fetch(notificationRequest({ headers, notifications }))).toMatchObject({
        status: 200,
      });
    }
    expect(handled.map(({ notificationid }) => notificationid)).toEqual(["1", "2"]);
    expect((await fetch(notificationRequest({ headers, notifications: [] }))).status).toBe(200);
  });

  it("responds with 401 to missing or different headers, and claims nothing", async () => {
    const { fetch, handled, errors } = start();
    const request = { notificationid: "n1" };
    expect(await fetch(notificationRequest(request))).toEqual({ status: 401, headers: {} });
    const wrong = { ...headers, "X-Tenant": "other" };
    expect((await fetch(notificationRequest({ ...request, headers: wrong }))).status).toBe(401);
    expect(handled).toEqual([]);
    expect(errors).toEqual([
      new Error("missing or different headers (default: Authorization, X-Tenant)"),
      new Error("missing or different headers (default: X-Tenant)"),
    ]);
    expect((await fetch(notificationRequest({ ...request, headers }))).status).toBe(200);
    expect(handled).toHaveLength(1);
  });

  it("responds to a rehearsal as to a notification, and leaves no trace of it", async () => {
    const { fetch, handled, errors, evidence } = start();
    const rehearsal = (accepted: Record<string, string>) =>
      fetch(
        notificationRequest({
          headers: { ...accepted, "X-Vcc-Verify": "a3bb189e-8bf9-3888-9912-ace4e6543002" },
          notificationid: "n1",
          objectid: "pulumi-vcc-verify-1",
          registration: "0123456789ab",
        }),
      );
    expect(await rehearsal(headers)).toEqual({ status: 200, headers: {} });
    expect(errors).toEqual([]);
    expect((await rehearsal({ ...headers, "X-Tenant": "other" })).status).toBe(401);
    expect(errors).toEqual([
      new Error("missing or different headers (default: X-Tenant) in a request with X-Vcc-Verify"),
    ]);
    expect(handled).toEqual([]);
    expect(await evidence()).toMatchObject({ registrations: [], lastRefusedAt: null });
    // The rehearsal has claimed no notification.
    await fetch(notificationRequest({ headers, notificationid: "n1" }));
    expect(handled).toHaveLength(1);
  });

  it("handles a notification of a real interaction, although its registration has X-Vcc-Verify", async () => {
    const { fetch, handled, evidence } = start();
    const registered = { ...headers, "X-Vcc-Verify": "1" };
    const notifications = [{ objectid: "pulumi-vcc-verify-1" }, { objectid: "case-1" }];
    const request = notificationRequest({
      headers: registered,
      notifications,
      registration: "0123456789ab",
    });
    expect((await fetch(request)).status).toBe(200);
    expect(handled.map(({ objectid }) => objectid)).toEqual(["pulumi-vcc-verify-1", "case-1"]);
    expect((await evidence()).registrations).toHaveLength(1);
  });

  it("does not read the body of a request that it refuses", async () => {
    const { fetch } = start();
    let pulled = false;
    const body = new ReadableStream(
      {
        pull() {
          pulled = true;
          return new Promise(() => {});
        },
      },
      { highWaterMark: 0 },
    );
    const request = new Request("https://receiver.example", {
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit);
    expect((await fetch(request)).status).toBe(401);
    expect(pulled).toBe(false);
  });

  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])(
    "responds with 405 to %s",
    async (method) => {
      const { fetch, errors } = start();
      expect(await fetch(new Request("https://receiver.example/vcc", { method, headers }))).toEqual(
        {
          status: 405,
          headers: { allow: "POST" },
        },
      );
      expect(errors).toEqual([
        new Error(
          `${method} "/vcc": a notification is a POST. The endpoint is at every path, and there is no witness without witnessToken. Is a stage or a prefix part of the path?`,
        ),
      ]);
    },
  );

  it("saves a refusal for all processes with its store before it responds", async () => {
    let saved: string | null = null;
    const store = {
      ...createMemoryStore(),
      loadEvidence: () => saved,
      saveEvidence(evidence: string) {
        saved = evidence;
      },
    };
    const [refusing, asked] = [start({ store }), start({ store })];
    expect((await refusing.fetch(notificationRequest())).status).toBe(401);
    expect(await asked.evidence()).toMatchObject({ lastRefusedAt: expect.any(String) });
  });

  it("ignores health checks in its evidence", async () => {
    const { fetch, evidence } = start({ path: "/vcc" });
    const check = (path: string) => fetch(new Request(`https://receiver.example${path}`));
    expect([(await check("/vcc")).status, (await check("/")).status]).toEqual([405, 404]);
    expect(await evidence()).toMatchObject({ registrations: [], lastRefusedAt: null });
  });

  it("responds with 404 to other paths", async () => {
    const { fetch, handled, errors } = start({ path: "/vcc", witnessToken: "t" });
    const statusOf = async (path: string) =>
      (await fetch(notificationRequest({ headers, url: `https://receiver.example${path}` })))
        .status;
    expect(await statusOf("/vcc")).toBe(200);
    expect(await statusOf("/vcc?tenant=acme")).toBe(200);
    for (const path of ["/", "/vcc/", "/VCC", "/vccs", "/other?/vcc"]) {
      expect([path, await statusOf(path)]).toEqual([path, 404]);
    }
    expect(handled).toHaveLength(2);
    expect(errors[0]).toEqual(
      new Error(
        'POST "/": The endpoint is at /vcc, the witness at /.well-known/vcc-registration. Is a stage or a prefix part of the path?',
      ),
    );
    expect(errors).toHaveLength(5);
  });

  it.each(["", "{", "null", "{}", '"text"', "[1]", "[[]]"])(
    "responds with 400 to %j",
    async (body) => {
      const { fetch, handled, errors } = start();
      expect(await fetch(post(body))).toEqual({ status: 400, headers: {} });
      expect(errors).toHaveLength(1);
      expect(handled).toEqual([]);
    },
  );

  it("handles nothing of an array with a malformed notification", async () => {
    const { fetch, handled } = start();
    const request = notificationRequest({ headers, notifications: [{}, { objectid: "" }] });
    expect((await fetch(request)).status).toBe(400);
    expect(handled).toEqual([]);
  });

  it("responds with 413 while a large body arrives", async () => {
    const { fetch, errors } = start({ maxBodyBytes: 1000 });
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 100;
        controller.enqueue(new Uint8Array(100).fill(32));
      },
    });
    expect(await fetch(post(endless))).toEqual({ status: 413, headers: {} });
    expect(sent).toBeLessThan(2000);
    expect(errors).toEqual([new Error("the body has more than 1000 bytes")]);
    const exactly = JSON.stringify([]).padEnd(1000);
    expect((await fetch(post(exactly))).status).toBe(200);
    expect((await fetch(post(`${exactly} `))).status).toBe(413);
  });

  it("responds with 500 if a body breaks off, and handles nothing", async () => {
    const { fetch, handled, errors } = start();
    const broken = new ReadableStream({
      start: (controller) => controller.error(new Error("connection lost")),
    });
    expect((await fetch(post(broken))).status).toBe(500);
    expect(errors).toEqual([new Error("the body cannot be read: connection lost")]);
    expect(handled).toEqual([]);
  });

  it("responds with 500 if a handler fails, passes on its error, and handles the repetition", async () => {
    const failure = new Error("no agent");
    let failures = 1;
    const handled: string[] = [];
    const { fetch, errors } = start({
      onNotification({ notificationid }) {
        if (failures-- > 0) throw failure;
        handled.push(notificationid);
      },
    });
    const send = () => fetch(notificationRequest({ headers, notificationid: "n1" }));
    expect(await send()).toEqual({ status: 500, headers: {} });
    expect(errors[0]).toBe(failure);
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect(handled).toEqual(["n1"]);
  });

  it("responds with 503 to a repetition that arrives while the first one is handled", async () => {
    const { open, opened } = gate();
    let calls = 0;
    const { fetch } = start({
      onNotification() {
        calls++;
        return opened;
      },
    });
    const send = () => fetch(notificationRequest({ headers, notificationid: "n1" }));
    const first = send();
    expect(await send()).toEqual({ status: 503, headers: { "retry-after": "1" } });
    open();
    expect((await first).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect(calls).toBe(1);
  });

  it("responds with 202 after respondAfterMs if a handler is slow", async () => {
    const { open, opened } = gate();
    const { fetch, settled, errors } = start({
      respondAfterMs: 1,
      onNotification: () =>
        opened.then(() => {
          throw new Error("too late");
        }),
    });
    expect(await fetch(notificationRequest({ headers }))).toEqual({ status: 202, headers: {} });
    let isSettled = false;
    const settling = settled().then(() => (isSettled = true));
    await new Promise(setImmediate);
    expect(isSettled).toBe(false);
    open();
    await settling;
    expect(errors).toEqual([new Error("too late")]);
  });

  it("responds with the outcome of a handler that is faster than respondAfterMs", async () => {
    const { fetch } = start({
      respondAfterMs: 60_000,
      onNotification: () => Promise.reject(new Error()),
    });
    expect((await fetch(notificationRequest({ headers }))).status).toBe(500);
  });

  it("passes undocumented kinds to onOther", async () => {
    const other: unknown[] = [];
    const { fetch, handled } = start({ onOther: (notification) => other.push(notification) });
    const hold = {
      notification: "Hold",
      objectid: "a1",
      notificationid: "n1",
      params: {},
      extra: 1,
    };
    expect((await fetch(notificationRequest({ headers, ...hold }))).status).toBe(200);
    expect([other, handled]).toEqual([[hold], []]);
  });

  it("logs one line for each refused request", async () => {
    const log = jest.spyOn(process.stderr, "write").mockImplementation(() => true);
    const console = new Console(process.stderr);
    const { fetch } = start({
      onError: console.error,
      path: "/vcc",
      witnessToken: "t",
      maxBodyBytes: 100,
    });
    const url = "https://receiver.example/vcc";
    const witness = "https://receiver.example/.well-known/vcc-registration";
    const init = { method: "POST", headers };
    const broken = new ReadableStream({
      start: (controller) => controller.error(new Error("connection lost")),
    });
    const requests = [
      new Request(`https://receiver.example/${"%0a".repeat(99)}`, init),
      new Request(url),
      new Request(url, { method: "POST" }),
      new Request(url, { ...init, body: "{" }),
      new Request(url, { ...init, body: "{}" }),
      new Request(url, { ...init, body: " ".repeat(101) }),
      new Request(url, { ...init, body: broken, duplex: "half" } as RequestInit),
      new Request(witness),
      new Request(witness, init),
    ];
    const statuses: number[] = [];
    for (const request of requests) statuses.push((await fetch(request)).status);
    const lines = log.mock.calls.map(([line]) => line);
    log.mockRestore();
    expect(statuses).toEqual([404, 405, 401, 400, 400, 413, 500, 401, 405]);
    expect(lines).toHaveLength(requests.length);
    for (const line of lines) expect(line).toMatch(/^\[ReceiverError: [^\n]{5,300}\]\n$/);
  });

  it("responds even if onError throws", async () => {
    const { fetch } = start({
      onError() {
        throw new Error("logger is down");
      },
    });
    expect((await fetch(post("{"))).status).toBe(400);
    expect((await fetch(notificationRequest())).status).toBe(401);
  });

  it("works without onError", async () => {
    const receiver = createReceiver({ headers, onNotification: () => Promise.reject(new Error()) });
    expect((await receiver.fetch(notificationRequest({ headers }))).status).toBe(500);
  });

  it("reports to its application which registration VCC uses", async () => {
    const { fetch, evidence } = start({ provider: "Crm" });
    await fetch(notificationRequest({ headers, registration: "0123456789ab" }));
    expect(await evidence()).toMatchObject({
      provider: "Crm",
      registrations: [{ registration: "0123456789ab", headerSet: "default" }],
    });
  });
});
