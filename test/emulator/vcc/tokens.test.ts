import { type Emulator, startEmulator } from "../../../emulator";
import { clientOf } from "../client";

const client = { clientId: "id", clientSecret: "s3cret:/+" };
const grant = { grant_type: "client_credentials", scope: "interactions:write" };
const form = { ...grant, client_id: client.clientId, client_secret: client.clientSecret };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator(client);
});
afterAll(() => emulator.close());

async function requestToken(fields: Record<string, string>, headers: Record<string, string> = {}) {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(fields).toString();
  const { post } = clientOf(emulator);
  const { status, text } = await post(emulator.authUrl, { ...type, ...headers }, body);
  return { status, body: JSON.parse(text) };
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
