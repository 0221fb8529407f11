import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  setGlobalProxyFromEnv,
} from "node:http";
import type { AddressInfo } from "node:net";
import { type Behavior, startEmulator } from "../../../emulator";
import { defaultBehavior } from "../../../emulator/behavior";
import { createCallbacks } from "../../../emulator/vcc/callbacks";
import { clientOf, settings } from "../client";

const cleanUps: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Notification {
  notification: string;
  objectid: string;
  notificationid: string;
}

/** A server that records what a registered endpoint receives. It responds with 200 by default. */
async function startReceiver(respond: RequestListener = (_request, response) => response.end()) {
  const posts: Array<{ headers: IncomingHttpHeaders; body: Notification[] }> = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    posts.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    respond(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return {
    posts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/vcc?key=canary`,
  };
}

/** The URL of a server that has been closed. */
async function unusedUrl() {
  const { url, close } = await startEmulator();
  await close();
  return url;
}

async function start(endpoint: string, behavior: Partial<Behavior> = {}) {
  const emulator = await startEmulator({ behavior: { httpEndpoints: "accept", ...behavior } });
  cleanUps.push(() => emulator.close());
  const client = clientOf(emulator);
  await client.register({ ...settings, endpoint });
  return { emulator, client };
}

const dispatch = (externalid: string) => ({ externalid, route: "Sales" });
const release = (externalid: string) => ({ action: "release", externalid });
const both = { provider: settings.provider, requests: [dispatch("a1"), release("a1")] };

async function postsOf(behavior: Partial<Behavior>) {
  const { posts, url } = await startReceiver();
  const { emulator, client } = await start(url, behavior);
  await client.invoke(both);
  await emulator.settled();
  return posts.map(({ body }) => body);
}

const namesOf = (posts: Notification[][]) =>
  posts.map((body) => body.map(({ notification }) => notification));

describe("callbacks", () => {
  it("notify the endpoint of assignment and release, with the registered headers", async () => {
    const { posts, url } = await startReceiver();
    const { emulator, client } = await start(url);
    await client.invoke({ provider: settings.provider, requests: [dispatch("a1")] });
    await emulator.settled();
    expect(posts).toEqual([
      {
        headers: expect.objectContaining({
          "content-type": "application/json",
          "x-header1": "value1",
          authorization: "Basic QWxhZGRpbjpPcGVuU2VzYW1l",
        }),
        body: [
          {
            notification: "AssignToAgent",
            objectid: "a1",
            notificationid: expect.stringMatching(/^[0-9a-f]{8}-/),
            params: { AccountName: "Emulator", Agent: "Emulated Agent", AgentId: "5464" },
          },
        ],
      },
    ]);
    await client.invoke({ provider: settings.provider, requests: [release("a1")] });
    await emulator.settled();
    expect(posts[1]?.body).toMatchObject([{ notification: "Release", objectid: "a1" }]);
  });

  it("are recorded without secrets", async () => {
    const { url } = await startReceiver();
    const { emulator, client } = await start(url);
    await client.invoke(both);
    await emulator.settled();
    const record = {
      at: expect.stringMatching(/Z$/),
      provider: settings.provider,
      objectid: "a1",
      url: url.replace("?key=canary", ""),
      status: 200,
    };
    expect(emulator.callbacks()).toEqual([
      { ...record, notification: "AssignToAgent" },
      { ...record, notification: "Release" },
    ]);
    emulator.reset();
    expect(emulator.callbacks()).toEqual([]);
  });

  it("arrive in order, even for several Invokes", async () => {
    const pendingResponses: Array<() => void> = [];
    const { posts, url } = await startReceiver((_request, response) => {
      if (pendingResponses.length > 0) response.end();
      pendingResponses.push(() => response.end());
    });
    const { emulator, client } = await start(url);
    const objects = ["a", "b", "c", "d"];
    for (const id of objects) {
      await client.invoke({ provider: settings.provider, requests: [dispatch(id)] });
    }
    while (pendingResponses.length === 0) await new Promise(setImmediate);
    // The first callback has no response yet, so the second one has not been sent.
    expect(posts).toHaveLength(1);
    pendingResponses[0]?.();
    await emulator.settled();
    expect(posts.map(({ body }) => body[0]?.objectid)).toEqual(objects);
  });

  it("are recorded in the order of sending", async () => {
    let respond = () => {};
    const slow = await startReceiver((_request, response) => {
      respond = () => response.end();
    });
    const fast = await startReceiver();
    const { emulator, client } = await start(slow.url);
    await client.register({ ...settings, provider: "Fast", endpoint: fast.url });
    await client.invoke({ provider: settings.provider, requests: [dispatch("a")] });
    while (slow.posts.length === 0) await new Promise(setImmediate);
    await client.invoke({ provider: "Fast", requests: [dispatch("b")] });
    while (emulator.callbacks().length === 0) await new Promise(setImmediate);
    respond();
    await emulator.settled();
    expect(emulator.callbacks()).toMatchObject([{ objectid: "a" }, { objectid: "b" }]);
  });

  it("are not sent for a provider without an endpoint, or without a provider", async () => {
    const { posts, url } = await startReceiver();
    const { emulator, client } = await start(url);
    await client.invoke({ requests: both.requests });
    const { endpoint, ...withoutEndpoint } = settings;
    await client.register(withoutEndpoint);
    await client.invoke(both);
    await emulator.settled();
    expect(posts).toEqual([]);
    expect(emulator.callbacks()).toEqual([]);
  });

  it("reorderCallbacks: Release precedes AssignToAgent", async () => {
    expect(namesOf(await postsOf({}))).toEqual([["AssignToAgent"], ["Release"]]);
    expect(namesOf(await postsOf({ reorderCallbacks: true }))).toEqual([
      ["Release"],
      ["AssignToAgent"],
    ]);
  });

  it("duplicateCallbacks: each arrives twice, with one id", async () => {
    const posts = await postsOf({ duplicateCallbacks: true });
    expect(namesOf(posts)).toEqual([
      ["AssignToAgent"],
      ["AssignToAgent"],
      ["Release"],
      ["Release"],
    ]);
    expect(posts[0]).toEqual(posts[1]);
    expect(posts[1]?.[0]?.notificationid).not.toBe(posts[2]?.[0]?.notificationid);
  });

  it("batchCallbacks: all notifications of an Invoke arrive in one array", async () => {
    expect(namesOf(await postsOf({ batchCallbacks: true }))).toEqual([
      ["AssignToAgent", "Release"],
    ]);
  });

  it.each([
    ["500", (_request, response) => response.writeHead(500).end(), { status: 500 }],
    [
      "a redirect, which is not followed",
      (_request, response) => response.writeHead(307, { location: "/elsewhere" }).end(),
      { status: 307 },
    ],
    [
      "a reset",
      (request) => request.socket.resetAndDestroy(),
      { status: null, error: "ECONNRESET" },
    ],
  ] as Array<[string, RequestListener, object]>)("record %s once, and continue", async (...row) => {
    const [, respond, outcome] = row;
    const { posts, url } = await startReceiver(respond);
    const { emulator, client } = await start(url);
    expect((await client.invoke(both)).status).toBe(200);
    await emulator.settled();
    expect(posts).toHaveLength(2);
    expect(emulator.callbacks()).toMatchObject([outcome, outcome]);
    expect(JSON.stringify(emulator.callbacks())).not.toMatch(/canary|value1|QWxhZGRpb/);
  });

  it.each([
    ["cannot be reached", () => unusedUrl(), "ECONNREFUSED"],
    ["has credentials", () => "http://user:canary@127.0.0.1:9/", "cannot be sent"],
    [
      "does not speak TLS",
      async () => (await startReceiver()).url.replace("http:", "https:"),
      "EPROTO",
    ],
  ])("record an endpoint that %s", async (_case, endpoint, error) => {
    const { emulator, client } = await start(await endpoint());
    await client.invoke(both);
    await emulator.settled();
    const failure = { status: null, error };
    expect(emulator.callbacks()).toMatchObject([failure, failure]);
    expect(JSON.stringify(emulator.callbacks())).not.toContain("canary");
  });

  it.each(["127.0.0.1", "localhost"])(
    "reach %s past the proxy of the environment",
    async (host) => {
      const { posts, url } = await startReceiver();
      const callbacks = createCallbacks({
        redirect: (url) => url,
        behavior: defaultBehavior,
        now: Date.now,
        onChange() {},
      });
      // What NODE_USE_ENV_PROXY does at the start of a process. Nothing listens there.
      const restore = setGlobalProxyFromEnv({ HTTP_PROXY: await unusedUrl(), NO_PROXY: "" });
      try {
        const endpoint = url.replace("127.0.0.1", host);
        const event = { notification: "Release", objectid: "a1" } as const;
        callbacks.notify({ provider: "Crm", endpoint }, [event]);
        await callbacks.settled();
      } finally {
        restore();
      }
      expect(posts).toHaveLength(1);
      expect(callbacks.records()).toMatchObject([{ status: 200 }]);
    },
  );

  it("do not wait longer than their timeout", async () => {
    const { url } = await startReceiver(() => {});
    const callbacks = createCallbacks({
      redirect: (url) => url,
      behavior: defaultBehavior,
      now: Date.now,
      onChange() {},
      timeoutMs: 20,
    });
    callbacks.notify({ provider: "Crm", endpoint: url }, [
      { notification: "Release", objectid: "a1" },
    ]);
    await callbacks.settled();
    expect(callbacks.records()).toMatchObject([{ status: null, error: "timeout" }]);
  });

  it("are aborted by a reset and by closing the emulator", async () => {
    let arrived = 0;
    let ended = 0;
    const { url } = await startReceiver((_request, response) => {
      arrived += 1;
      response.once("close", () => {
        ended += 1;
      });
    });
    const { emulator, client } = await start(url);
    await client.invoke(both);
    while (arrived < 1) await new Promise(setImmediate);
    emulator.reset();
    while (ended < 1) await new Promise(setImmediate);
    await emulator.settled();
    expect(emulator.callbacks()).toEqual([]);
    await client.register({ ...settings, endpoint: url });
    await client.invoke(both);
    while (arrived < 2) await new Promise(setImmediate);
    await emulator.close();
    while (ended < 2) await new Promise(setImmediate);
    expect(emulator.callbacks()).toEqual([]);
    expect(arrived).toBe(2);
  });
});
