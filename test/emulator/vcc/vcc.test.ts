import { type Emulator, startEmulator } from "../../../emulator";
import { clientOf, settings } from "../client";

let emulator: Emulator;
let client: ReturnType<typeof clientOf>;
beforeAll(async () => {
  emulator = await startEmulator();
  client = clientOf(emulator);
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

const register = (body: unknown, headers = {}) =>
  client.postApi("/Register", body, undefined, headers);

describe("POST /interactions/Register", () => {
  it("stores the body unchanged", async () => {
    expect(await register(settings)).toMatchObject({ status: 200, text: "" });
    expect(emulator.registrations()).toEqual([settings]);
  });

  it("ignores the case of the path and of the token's scheme", async () => {
    const { token } = await client.requestToken();
    const authorization = `bearer ${token}`;
    expect(await client.postApi("/register", settings, token, { authorization })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ["a missing Accept", settings, { accept: "*/*" }, 400, "Accept must be"],
    ["another Accept", settings, { accept: "application/json" }, 400, "Accept must be"],
    ["a wrong token", settings, { authorization: "Bearer x" }, 401, "invalid or has expired"],
    ["a token without its scheme", settings, { authorization: "x" }, 401, "invalid or has expired"],
    ["another content type", settings, { "content-type": "text/plain" }, 400, "Content-Type"],
    ["a body that is not JSON", "{", {}, 400, "the body: must be JSON"],
    ["an invalid body", {}, {}, 400, "provider: is required"],
  ])("rejects %s", async (_case, body, headers, status, message) => {
    const response = await register(body, headers);
    expect(response.status).toBe(status);
    expect(response.text).toContain(message);
    expect(emulator.registrations()).toEqual([]);
  });

  it("rejects a request without a token", async () => {
    const accept = "application/vnd.newvoicemedia.v1+json";
    const { status, text } = await client.post(`${emulator.apiUrl}/Register`, { accept }, "{}");
    expect([status, JSON.parse(text)]).toEqual([
      401,
      { error: "invalid_request", error_description: "The access token is missing" },
    ]);
  });

  it("rejects a token that has expired", async () => {
    const now = jest.spyOn(Date, "now");
    try {
      const { token } = await client.requestToken();
      now.mockReturnValue(Date.now() + 7200 * 1000);
      expect((await client.register(settings, token)).status).toBe(401);
    } finally {
      now.mockRestore();
    }
  });
});

describe("VCC", () => {
  it("rejects other paths and methods", async () => {
    expect((await client.post(`${emulator.url}/interactions/List`, {}, "")).status).toBe(404);
    expect((await fetch(`${emulator.apiUrl}/Register`)).status).toBe(405);
    expect((await fetch(`${emulator.url}//`)).status).toBe(404);
  });

  it("forgets tokens on a reset", async () => {
    const { token } = await client.requestToken();
    emulator.reset();
    expect((await client.register(settings, token)).status).toBe(401);
  });
});
