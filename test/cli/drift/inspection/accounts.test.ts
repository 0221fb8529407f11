import { accountOf } from "../../../../cli/drift/inspection/accounts";

const client = { "vcc:clientId": "a" };
const a = accountOf(client, { configuration: {}, environment: {} });

describe("account", () => {
  it.each([
    ["of the VccAccount", client, { "vcc:clientId": "b" }, { VCC_CLIENT_ID: "c" }],
    ["of the configuration", undefined, client, { VCC_CLIENT_ID: "c" }],
    ["of the environment", undefined, {}, { VCC_CLIENT_ID: "a" }],
    ["instead of a token of the environment", client, {}, { VCC_ACCESS_TOKEN: "t" }],
  ])("is the client %s", (_case, explicit, configuration, environment) => {
    expect(a).toBeDefined();
    expect(accountOf(explicit, { configuration, environment })).toBe(a);
  });

  it("is another one at another URL", () => {
    const at = (url: string) =>
      accountOf(client, { configuration: {}, environment: { VCC_API_URL: url } });
    expect(at("https://one.example")).not.toBe(a);
    expect(at("https://one.example/")).toBe(at("https://one.example"));
  });

  it.each([
    ["the client is not set", {}, {}],
    ["the client is secret", { "vcc:clientId": { secure: "v1:…" } }, {}],
    ["a token replaces it", { ...client, "vcc:accessToken": { secure: "v1:…" } }, {}],
    ["only a token is set", {}, { VCC_ACCESS_TOKEN: "t" }],
  ])("is not known if %s", (_case, configuration, environment) => {
    expect(accountOf(undefined, { configuration, environment })).toBeUndefined();
    expect(
      accountOf({ "vcc:clientId": "[secret]" }, { configuration, environment: {} }),
    ).toBeUndefined();
  });
});
