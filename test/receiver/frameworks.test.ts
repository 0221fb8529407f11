import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Express } from "express";
import type { FastifyInstance } from "fastify";
import type { Hono } from "hono";
import ts from "typescript";
import * as receiver from "../../receiver";
import { servers } from "./server";

const before = { ...process.env };
let log: jest.SpyInstance;

beforeEach(() => {
  Object.assign(process.env, { CALLBACK_TOKEN: "secret", VCC_WITNESS_TOKEN: "witness" });
  log = jest.spyOn(console, "log").mockImplementation(() => {});
  jest.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});

const folder = join(__dirname, "../../examples/receiver/frameworks");

/** Runs a file of `examples/receiver/frameworks/` with other options, and returns what it exports. */
function run<Exports>(file: string, options: Partial<receiver.ReceiverOptions> = {}): Exports {
  const { outputText } = ts.transpileModule(readFileSync(join(folder, file), "utf8"), {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const exports = {} as Exports;
  const createReceiver = (shown: receiver.ReceiverOptions) =>
    receiver.createReceiver({ ...shown, ...options });
  const load = (name: string) =>
    name === "pulumi-vcc/receiver" ? { createReceiver } : require(name);
  new Function("require", "exports", outputText)(load, exports);
  return exports;
}

type Send = (request: Request) => Promise<{ status: number; text: string }>;

/** Checks a receiver at `/vcc`. */
async function check(send: Send, witnessPath = "/.well-known/vcc-registration") {
  const headers = { Authorization: "Bearer secret" };
  const url = "http://localhost/vcc";
  const notification = { notification: "Release", objectid: "case-1" };
  const post = (sent: Record<string, string>) =>
    send(receiver.notificationRequest({ url, headers: sent, ...notification }));
  expect(await post(headers)).toEqual({ status: 200, text: "" });
  expect(log.mock.calls).toEqual([["Release", "case-1"]]);
  expect(await post({})).toEqual({ status: 401, text: "" });
  expect((await send(new Request(url, { method: "POST", headers, body: "{" }))).status).toBe(400);
  const ask = (token: string) =>
    send(
      new Request(`http://localhost${witnessPath}`, {
        headers: { Authorization: `Bearer ${token}` },
      }),
    );
  expect(JSON.parse((await ask("witness")).text)).toMatchObject({
    version: 1,
    registrations: [{ registration: null }],
  });
  expect((await ask("other")).status).toBe(401);
}

const responseOf = async (response: Response) => ({
  status: response.status,
  text: await response.text(),
});

/** Sends a request for localhost to a server. */
const sendTo =
  (base: string): Send =>
  async ({ url, method, headers, body }) => {
    const { pathname } = new URL(url);
    const init = { method, headers, body, duplex: "half" } as RequestInit;
    return responseOf(await fetch(base + pathname, init));
  };

describe("the receiver in a framework", () => {
  const listen = servers();

  it("responds in Express", async () => {
    const { app } = run<{ app: Express }>("express.ts");
    await check(sendTo((await listen(app)).url));
  });

  it("responds in Fastify", async () => {
    const { app } = run<{ app: FastifyInstance }>("fastify.ts");
    await check(sendTo(await app.listen({ port: 0, host: "127.0.0.1" })));
    await app.close();
  });

  it("responds in Hono", async () => {
    const { app } = run<{ app: Hono }>("hono.ts");
    await check(async (request) => responseOf(await app.fetch(request)));
  });

  it("responds in Next.js", async () => {
    const route = run<Record<string, (request: Request) => Promise<Response>>>("nextjs.ts");
    const send: Send = async (request) =>
      responseOf((await route[request.method]?.(request)) as Response);
    await check(send, "/vcc/witness");
  });

  type LambdaHandler = (event: object) => Promise<{ statusCode: number; body: string }>;

  /** Sends a request as an HTTP API does. */
  const sendToLambda =
    (handler: LambdaHandler, stage = ""): Send =>
    async (request) => {
      const path = stage + new URL(request.url).pathname;
      const { statusCode, body } = await handler({
        version: "2.0",
        routeKey: "$default",
        rawPath: path,
        rawQueryString: "",
        headers: { host: "localhost", ...Object.fromEntries(request.headers) },
        requestContext: { http: { method: request.method, path }, domainName: "localhost" },
        body: request.method === "POST" ? await request.text() : undefined,
        isBase64Encoded: false,
      });
      return { status: statusCode, text: body };
    };

  it("responds in a lambda", async () => {
    await check(sendToLambda(run<{ handler: LambdaHandler }>("lambda.ts").handler));
  });

  it("responds in a lambda behind a named stage, if witnessPath includes it", async () => {
    const text = readFileSync(join(folder, "lambda.ts"), "utf8");
    const [, witnessPath = ""] = /`witnessPath: "(.*?)"`/.exec(text) ?? [];
    const { handler } = run<{ handler: LambdaHandler }>("lambda.ts", { witnessPath });
    await check(sendToLambda(handler, "/prod"));
  });

  it("is tested in each framework of the examples", () => {
    const tested = ["express.ts", "fastify.ts", "hono.ts", "lambda.ts", "nextjs.ts"];
    expect(readdirSync(folder).sort()).toEqual(tested);
  });
});
