import type { Express } from "express";
import type { FastifyInstance } from "fastify";
import type { Hono } from "hono";
import ts from "typescript";
import * as receiver from "../../receiver";
import { documentExamples, read } from "../documentation/documents";
import { servers } from "./server";

const witnessPath = "/.well-known/vcc-registration";
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

/** Runs the example of the documentation that imports a package, with options, and returns what it exports. */
function run<Exports>(name: string, options: Partial<receiver.ReceiverOptions> = {}): Exports {
  const example = documentExamples("docs/receiver.md").find(({ text }) =>
    text.includes(`"${name}"`),
  );
  const { outputText } = ts.transpileModule(example?.text ?? "throw new Error('none')", {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const exports = {} as Exports;
  const createReceiver = (documented: receiver.ReceiverOptions) =>
    receiver.createReceiver({ ...documented, ...options });
  const load = (name: string) =>
    name === "pulumi-vcc/receiver" ? { createReceiver } : require(name);
  new Function("require", "exports", outputText)(load, exports);
  return exports;
}

type Send = (request: Request) => Promise<{ status: number; text: string }>;

/** Checks what each quick start promises. */
async function check(send: Send) {
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

const answerOf = async (response: Response) => ({
  status: response.status,
  text: await response.text(),
});

/** Sends a request for localhost to a server. */
const sendTo =
  (base: string): Send =>
  async ({ url, method, headers, body }) => {
    const { pathname } = new URL(url);
    const init = { method, headers, body, duplex: "half" } as RequestInit;
    return answerOf(await fetch(base + pathname, init));
  };

describe("the quick start", () => {
  const listen = servers();

  it("of Express works", async () => {
    const { app } = run<{ app: Express }>("express");
    await check(sendTo((await listen(app)).url));
  });

  it("of Fastify works", async () => {
    const { app } = run<{ app: FastifyInstance }>("fastify");
    await check(sendTo(await app.listen({ port: 0, host: "127.0.0.1" })));
    await app.close();
  });

  it("of Hono works", async () => {
    const { app } = run<{ app: Hono }>("hono");
    await check(async (request) => answerOf(await app.fetch(request)));
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

  it("of a lambda works", async () => {
    await check(sendToLambda(run<{ handler: LambdaHandler }>("hono/aws-lambda").handler));
  });

  it("of a lambda works behind a named stage, with a witnessPath that includes it", async () => {
    const [, path] = /set `witnessPath` to\n`(.*?)`/.exec(read("docs/receiver.md")) ?? [];
    const { handler } = run<{ handler: LambdaHandler }>("hono/aws-lambda", {
      witnessPath: path as string,
    });
    await check(sendToLambda(handler, "/prod"));
  });
});
