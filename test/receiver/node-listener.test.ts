import { IncomingMessage } from "node:http";
import { connect, Socket } from "node:net";
import express, { type RequestHandler } from "express";
import { notificationRequest, type ReceiverOptions } from "../../receiver";
import { recordingReceiver } from "./recording-receiver";
import { exchange, servers } from "./server";

const headers = { Authorization: "Bearer secret" };

const create = (options: Partial<ReceiverOptions> = {}) => recordingReceiver(headers, options);

async function post(url: string, body: string, sent: Record<string, string> = headers) {
  const json = { "Content-Type": "application/json", ...sent };
  const response = await fetch(url, { method: "POST", headers: json, body });
  return { status: response.status, text: await response.text() };
}

const bodyIsGone =
  "the body cannot be read: something else has read it. Let the receiver come first, or set body of the Node.js request";

const bodyOf = (notificationid: string) => notificationRequest({ notificationid }).text();

describe("the listener of Node.js", () => {
  const listen = servers();

  it("responds as fetch does", async () => {
    const { node, handled, errors } = create({ path: "/vcc", maxBodyBytes: 1000 });
    const { url } = await listen(node);
    expect(await post(`${url}/vcc`, await bodyOf("1"))).toEqual({ status: 200, text: "" });
    expect(await post(`${url}/vcc?x`, await bodyOf("1"))).toEqual({ status: 200, text: "" });
    expect(await post(`${url}/other`, await bodyOf("2"))).toEqual({ status: 404, text: "" });
    expect(await post(`${url}/vcc`, await bodyOf("2"), {})).toEqual({ status: 401, text: "" });
    expect(await post(`${url}/vcc`, "{")).toEqual({ status: 400, text: "" });
    expect((await fetch(`${url}/vcc`)).status).toBe(405);
    expect(handled.map(({ notificationid }) => notificationid)).toEqual(["1"]);
    // Of 404, 401, 400 and 405.
    expect(errors).toHaveLength(4);
  });

  it.each([
    [headers, 413],
    [{}, 401],
  ])(
    "responds to a large body with %j while it arrives, and then to the next request",
    async (sent, status) => {
      const { node, handled } = create({ maxBodyBytes: 1000 });
      const { url } = await listen(node);
      const large = " ".repeat(5_000_000);
      for (let times = 0; times < 3; times++) {
        expect(await post(url, large, sent)).toEqual({ status, text: "" });
      }
      expect(await post(url, await bodyOf("1"))).toEqual({ status: 200, text: "" });
      expect(handled).toHaveLength(1);
    },
  );

  it("responds with 413 to a chunked body that does not end", async () => {
    const { node } = create({ maxBodyBytes: 10 });
    const { port } = await listen(node);
    const head =
      "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nConnection: close\r\n";
    const response = await exchange(
      port,
      `${head}Transfer-Encoding: chunked\r\n\r\n14\r\n${" ".repeat(20)}\r\n`,
    );
    expect(response).toMatch(/^HTTP\/1.1 413 /);
  });

  it("keeps working after a client disconnects within a body", async () => {
    const { node, handled, errors } = create();
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const { port, url } = await listen((request, response) => {
      void node(request, response);
      arrive();
    });
    const socket = connect(port, "127.0.0.1");
    const head = "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n";
    socket.write(`${head}Content-Length: 100\r\n\r\n[{`);
    await arrived;
    socket.resetAndDestroy();
    while (errors.length === 0) await new Promise(setImmediate);
    expect(handled).toEqual([]);
    expect((await post(url, await bodyOf("1"))).status).toBe(200);
  });

  it.each(["//", "/%", "*", "http://[/", "/a b", "http://other.example/vcc?x"])(
    "responds to the request target %s",
    async (target) => {
      const { node } = create({ path: "/vcc" });
      const { port } = await listen(node);
      const response = await exchange(
        port,
        `POST ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      expect(response).toMatch(target.includes("/vcc") ? /^HTTP\/1.1 401 / : /^HTTP\/1.1 40[04] /);
    },
  );

  it("refuses a duplicate header", async () => {
    const { node } = create();
    const { port } = await listen(node);
    const body = await bodyOf("1");
    const twice = "Authorization: Bearer secret\r\nAuthorization: Bearer other\r\n";
    const response = await exchange(
      port,
      `POST / HTTP/1.1\r\nHost: a\r\n${twice}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(response).toMatch(/^HTTP\/1.1 401 /);
  });

  it("closes the connection and calls onError if the response cannot be sent", async () => {
    const { node, errors } = create();
    const { url } = await listen((request, response) => {
      response.writeHead(200);
      response.write("x");
      response.end = () => {
        throw new Error("broken");
      };
      void node(request, response);
    });
    await expect(post(url, await bodyOf("1"))).rejects.toThrow();
    expect(errors).toEqual([new Error("the response cannot be sent: broken")]);
  });
});

describe("the listener in Express", () => {
  const listen = servers();

  const keepRawBody: RequestHandler = express.json({
    verify: (request, _response, raw) => Object.assign(request, { rawBody: raw }),
  });
  /** What body-parser 1 does for a type that it does not parse. */
  const leaveStream: RequestHandler = (request, _response, next) => {
    request.body = {};
    next();
  };
  it.each<[string, RequestHandler[]]>([
    ["no body parser", []],
    ["express.json()", [express.json()]],
    ["two parsers", [leaveStream, express.json()]],
    ["express.text()", [express.text({ type: "*/*" })]],
    ["express.raw()", [express.raw({ type: "*/*" })]],
    ["a raw body kept", [keepRawBody]],
    ["a parser of another type", [express.json({ type: "text/plain" })]],
    ["a parser of body-parser 1 of another type", [leaveStream]],
  ])("works behind %s", async (_what, parsers) => {
    const { node, handled } = create({ maxBodyBytes: 1000 });
    const app = express().use(...(parsers as [RequestHandler]), node);
    const { url } = await listen(app);
    expect(await post(url, await bodyOf("1"))).toEqual({ status: 200, text: "" });
    expect(await post(url, await bodyOf("1"), {})).toEqual({ status: 401, text: "" });
    expect(await post(url, "[1]")).toEqual({ status: 400, text: "" });
    expect(await post(url, JSON.stringify(["x".repeat(2000)]))).toEqual({ status: 413, text: "" });
    expect(handled).toMatchObject([{ notificationid: "1", params: { AgentId: "5464" } }]);
  });

  it("prefers the raw body, which has every digit of an ID", async () => {
    const { node, handled } = create();
    const { url } = await listen(express().use(keepRawBody, node));
    const body = (await bodyOf("1")).replace('"1"', "12345678901234567890");
    expect((await post(url, body)).status).toBe(200);
    expect(handled).toMatchObject([{ notificationid: "12345678901234567890" }]);
  });

  const dropBody: RequestHandler = (request, _response, next) => {
    delete request.body;
    next();
  };
  it("responds with 500 behind a parser that keeps nothing, and says what to do", async () => {
    const { node, errors } = create();
    const { url } = await listen(express().use(express.json(), dropBody, node));
    expect((await post(url, await bodyOf("1"))).status).toBe(500);
    expect((await post(url, await bodyOf("1"), {})).status).toBe(401);
    expect(errors).toMatchObject([{ message: bodyIsGone }, {}]);
  });

  it("reads a content type that body-parser 1 skips", async () => {
    const { node, handled } = create();
    const { url } = await listen(express().use(leaveStream, node));
    const type = { "Content-Type": "application/vnd.newvoicemedia.v1+json" };
    expect((await post(url, await bodyOf("1"), { ...headers, ...type })).status).toBe(200);
    expect(handled).toMatchObject([{ notificationid: "1" }]);
  });

  it.each<[string, (body: string) => PropertyDescriptor, number]>([
    ["as text", (body) => ({ value: body }), 200],
    ["as bytes", (body) => ({ value: new TextEncoder().encode(body) }), 200],
    ["parsed", (body) => ({ value: JSON.parse(body) }), 200],
    ["as a getter", (body) => ({ get: () => JSON.parse(body) }), 200],
    ["as a getter that throws", () => ({ get: () => JSON.parse("{") }), 400],
  ])("responds to a body %s of a framework without a stream", async (_what, describe, status) => {
    const { node, handled } = create();
    const body = await bodyOf("1");
    const { url } = await listen((request, response) => {
      // Its stream never ends.
      const incoming = new IncomingMessage(new Socket());
      const { method, url, headers } = request;
      Object.assign(incoming, { method, url, headers });
      Object.defineProperty(incoming, "body", describe(body));
      void node(incoming, response);
    });
    expect((await post(url, body)).status).toBe(status);
    expect(handled).toHaveLength(status === 200 ? 1 : 0);
  });

  it("passes other paths on", async () => {
    const { node } = create({ path: "/vcc", witnessToken: "t" });
    const app = express()
      .use(node)
      .use((_request, response) => void response.send("next"));
    const { url } = await listen(app);
    expect(await post(url, await bodyOf("1"))).toEqual({ status: 200, text: "next" });
    expect((await post(`${url}/vcc`, await bodyOf("1"))).text).toBe("");
    expect((await fetch(`${url}/.well-known/vcc-registration`)).status).toBe(401);
    expect(await (await fetch(`${url}/.well-known/other`)).text()).toBe("next");
  });

  it("compares the whole path if it is mounted under a prefix", async () => {
    const { node } = create({ path: "/hooks/vcc" });
    const { url } = await listen(express().use("/hooks", node));
    expect((await post(`${url}/hooks/vcc`, await bodyOf("1"))).status).toBe(200);
    expect((await post(`${url}/hooks/other`, await bodyOf("1"))).status).toBe(404);
  });
});
