import { once } from "node:events";
import { connect } from "node:net";
import { type Emulator, startEmulator } from "../../emulator";

const client = { clientId: "id", clientSecret: "s3cret:/+" };
const grant = { grant_type: "client_credentials", scope: "interactions:write" };
const form = { ...grant, client_id: client.clientId, client_secret: client.clientSecret };
const settings = {
  provider: "TestProviderName",
  endpoint: "https://endpoint.example.com/routingendpoint",
  headers: { "x-header1": "value1", Authorization: "Basic QWxhZGRpbjpPcGVuU2VzYW1l" },
  agentactionspermitted: { release: 1, hold: 1, transferToAgent: 1, transferToRoute: 1 },
};

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator(client);
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

async function post(url: string, headers: Record<string, string>, body: string) {
  const response = await fetch(url, { method: "POST", headers, body });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

function requestToken(fields: Record<string, string>, headers: Record<string, string> = {}) {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return post(emulator.authUrl, { ...type, ...headers }, new URLSearchParams(fields).toString());
}

async function register(
  body: unknown,
  { path = "/Register", ...headers }: Record<string, string> & { path?: string } = {},
) {
  const { access_token } = (await requestToken(form)).body;
  return post(
    `${emulator.apiUrl}${path}`,
    {
      accept: "application/vnd.newvoicemedia.v1+json",
      authorization: `Bearer ${access_token}`,
      "content-type": "application/json",
      ...headers,
    },
    typeof body === "string" ? body : JSON.stringify(body),
  );
}

describe("POST /Auth/connect/token", () => {
  it("issues a token for an ID and a secret in the form", async () => {
    expect(await requestToken(form)).toEqual({
      status: 200,
      body: { access_token: expect.any(String), expires_in: 7200, token_type: "Bearer" },
    });
  });

  it("issues a token for an ID and a secret in HTTP Basic, form-encoded", async () => {
    const basic = Buffer.from(`id:${encodeURIComponent(client.clientSecret)}`).toString("base64");
    expect(await requestToken(grant, { authorization: `Basic ${basic}` })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ["another grant type", { ...form, grant_type: "password" }, {}, "unsupported_grant_type"],
    ["a wrong secret", { ...form, client_secret: "wrong" }, {}, "invalid_client"],
    ["a wrong id", { ...form, client_id: "wrong" }, {}, "invalid_client"],
    ["no credentials", grant, {}, "invalid_client"],
    ["another scope", { ...form, scope: "interactions:read" }, {}, "invalid_scope"],
    ["JSON", form, { "content-type": "application/json" }, "invalid_request"],
  ])("rejects %s", async (_case, fields, headers, error) => {
    expect(await requestToken(fields, headers)).toEqual({
      status: 400,
      body: { error, error_description: expect.any(String) },
    });
  });
});

describe("POST /interactions/Register", () => {
  it("stores the documented examples unchanged", async () => {
    const { endpoint, headers, ...withoutEndpoint } = settings;
    expect(await register(settings)).toEqual({ status: 200, body: undefined });
    expect(emulator.registrations()).toEqual([settings]);
    expect((await register(withoutEndpoint)).status).toBe(200);
    expect(emulator.registrations()).toEqual([withoutEndpoint]);
  });

  it("ignores the case of the path and of the token's scheme", async () => {
    expect((await register(settings, { path: "/register" })).status).toBe(200);
    const { access_token } = (await requestToken(form)).body;
    expect((await register(settings, { authorization: `bearer ${access_token}` })).status).toBe(
      200,
    );
  });

  it.each([
    ["a missing Accept", settings, { accept: "*/*" }, 400, "Accept must be"],
    ["another Accept", settings, { accept: "application/json" }, 400, "Accept must be"],
    ["a wrong token", settings, { authorization: "Bearer x" }, 401, "invalid or has expired"],
    ["a token without its scheme", settings, { authorization: "x" }, 401, "invalid or has expired"],
    ["another content type", settings, { "content-type": "text/plain" }, 400, "Content-Type"],
    ["a body that is not JSON", "{", {}, 400, "the body: must be JSON"],
    ["a list", [], {}, 400, "the body: must be an object"],
    ["a wrapped body", { ProviderSettings: settings }, {}, 400, "ProviderSettings: unknown field"],
    ["a missing name", { ...settings, provider: undefined }, {}, 400, "provider: is required"],
    ["an empty name", { ...settings, provider: " " }, {}, 400, "provider: must not be empty"],
    [
      "a name that is not a string",
      { ...settings, provider: 1 },
      {},
      400,
      "provider: must be a string",
    ],
    [
      "an http endpoint",
      { ...settings, endpoint: "http://a.example.com" },
      {},
      400,
      "endpoint: must be an https URL",
    ],
    [
      "an endpoint that is null",
      { ...settings, endpoint: null },
      {},
      400,
      "endpoint: must be a string",
    ],
    [
      "headers that are a list",
      { ...settings, headers: [] },
      {},
      400,
      "headers: must be an object",
    ],
    [
      "a header name with a space",
      { ...settings, headers: { "a b": "c" } },
      {},
      400,
      "cannot be sent",
    ],
    [
      "a header value with a line break",
      { ...settings, headers: { a: "b\nc" } },
      {},
      400,
      "cannot be sent",
    ],
    [
      "a header value that is not a string",
      { ...settings, headers: { a: 1 } },
      {},
      400,
      "must be a string",
    ],
    [
      "an Authorization without credentials",
      { ...settings, headers: { authorization: "Basic" } },
      {},
      400,
      "<type> <credentials>",
    ],
    ["missing permissions", { provider: "a" }, {}, 400, "agentactionspermitted: is required"],
    [
      "an operation in another case",
      { ...settings, agentactionspermitted: { Hold: 1 } },
      {},
      400,
      "agentactionspermitted.Hold: unknown field",
    ],
    [
      "true instead of 1",
      { ...settings, agentactionspermitted: { hold: true } },
      {},
      400,
      "must be 0 or 1",
    ],
    [
      "permissions in another case",
      { ...settings, agentActionsPermitted: {} },
      {},
      400,
      "agentActionsPermitted: unknown field",
    ],
  ])("rejects %s", async (_case, body, headers, status, message) => {
    const reply = await register(body, headers as unknown as Record<string, string>);
    expect(reply.status).toBe(status);
    expect(JSON.stringify(reply.body)).toContain(message);
    expect(emulator.registrations()).toEqual([]);
  });

  it("rejects a request without a token", async () => {
    const accept = "application/vnd.newvoicemedia.v1+json";
    expect(await post(`${emulator.apiUrl}/Register`, { accept }, "{}")).toEqual({
      status: 401,
      body: { error: "invalid_request", error_description: "The access token is missing" },
    });
  });

  it("rejects a token that has expired", async () => {
    const now = jest.spyOn(Date, "now");
    try {
      const { access_token } = (await requestToken(form)).body;
      now.mockReturnValue(Date.now() + 7200 * 1000);
      const authorization = `Bearer ${access_token}`;
      expect((await register(settings, { authorization })).status).toBe(401);
    } finally {
      now.mockRestore();
    }
  });

  it("rejects a body of more than 100,000 bytes", async () => {
    const padded = (bytes: number) => JSON.stringify(settings).padEnd(bytes);
    expect((await register(padded(100_000))).status).toBe(200);
    expect(await register(padded(100_001))).toEqual({
      status: 413,
      body: { message: "Payload Too Large" },
    });
  });
});

describe("emulator", () => {
  it("rejects other paths and methods", async () => {
    expect((await post(`${emulator.url}/interactions/List`, {}, "")).status).toBe(404);
    expect((await fetch(`${emulator.apiUrl}/Register`)).status).toBe(405);
    expect((await fetch(`${emulator.url}//`)).status).toBe(404);
  });

  it("records requests without bodies and headers, until a reset", async () => {
    await register(settings);
    const recorded = {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      method: "POST",
      status: 200,
      durationMs: expect.any(Number),
    };
    expect(emulator.requests()).toEqual([
      { ...recorded, path: "/Auth/connect/token" },
      { ...recorded, path: "/interactions/Register", provider: "TestProviderName" },
    ]);
    emulator.reset();
    expect(emulator.requests()).toEqual([]);
    expect(emulator.registrations()).toEqual([]);
  });

  it("forgets tokens on a reset", async () => {
    const { access_token } = (await requestToken(form)).body;
    emulator.reset();
    const authorization = `Bearer ${access_token}`;
    expect((await register(settings, { authorization })).status).toBe(401);
  });

  it("returns copies", async () => {
    await register(settings);
    const [registration] = emulator.registrations();
    if (registration) registration.provider = "changed";
    expect(emulator.registrations()).toEqual([settings]);
  });

  it("listens on 127.0.0.1 only", async () => {
    const port = Number(new URL(emulator.url).port);
    // Every address that begins with 127 reaches a server that listens on all interfaces.
    const socket = connect({ host: "127.0.0.2", port });
    const [error] = await Promise.race([once(socket, "error"), once(socket, "connect")]);
    socket.destroy();
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("shows only its caller in the stack of an error", async () => {
    const emulator = await startEmulator();
    const errorOf = async (cause: () => unknown) => {
      try {
        await cause();
      } catch (error) {
        return error as Error;
      }
      throw new Error("there is no error");
    };
    try {
      const errors = [
        await errorOf(() => startEmulator({ behavior: { successStatus: 500 as 200 } })),
        await errorOf(() => startEmulator({ deliverTo: "127.0.0.1" })),
        await errorOf(() => startEmulator({ stateFile: __dirname })),
        await errorOf(() => emulator.fail({ target: "token", fault: { kind: "slow", ms: -1 } })),
      ];
      for (const { stack = "", message, cause } of errors) {
        expect([message, stack, cause]).toEqual([
          message,
          expect.stringMatching(/^\w*Error: .*(\n {4}at [^\n]*)+$/),
          undefined,
        ]);
        expect(stack).not.toMatch(/(?<!test)\/emulator\/.*\.ts:/);
      }
    } finally {
      await emulator.close();
    }
  });

  it("rejects a port that is in use", async () => {
    const port = Number(new URL(emulator.url).port);
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
