import { accountOf } from "../../../../cli/drift/inspection/accounts";

const client = { "vcc:clientId": "a" };
const a = accountOf(undefined, { configuration: client, environment: {} });

describe("account", () => {
  it.each([
    ["of the configuration", client, { VCC_CLIENT_ID: "c" }],
    ["of the environment", {}, { VCC_CLIENT_ID: "a" }],
    ["instead of a token of the environment", client, { VCC_ACCESS_TOKEN: "t" }],
  ])("is the client %s", (_case, configuration, environment) => {
    expect(a).toBeDefined();
    expect(accountOf(undefined, { configuration, environment })).toBe(a);
  });

  it("is another one at another URL", () => {
    const at = (url: string) =>
      accountOf(undefined, { configuration: client, environment: { VCC_API_URL: url } });
    expect(at("https://one.example")).not.toBe(a);
    expect(at("https://one.example/")).toBe(at("https://one.example"));
  });

  it.each([
    ["the client is not set", {}, {}],
    ["the client has no value", { "vcc:clientId": null }, {}],
    ["the client is secret", { "vcc:clientId": { secure: "v1:…" } }, {}],
    ["a token replaces it", { ...client, "vcc:accessToken": { secure: "v1:…" } }, {}],
    ["only a token is set", {}, { VCC_ACCESS_TOKEN: "t" }],
  ])("is not known if %s", (_case, configuration, environment) => {
    expect(accountOf(undefined, { configuration, environment })).toBeUndefined();
  });

  describe("with a name", () => {
    const named = (accounts: unknown, environment: Record<string, string> = {}) =>
      accountOf("acme", {
        configuration: { "vcc:accounts": accounts, "vcc:clientId": "b" },
        environment,
      });

    it.each([
      ["of the configuration", { acme: { clientId: "a" } }, {}],
      ["that the configuration holds as a number", { acme: { clientId: 1 } }, {}],
      [
        "of VCC_ACCOUNTS",
        { acme: { region: "emea" } },
        { VCC_ACCOUNTS: '{"acme":{"clientId":"a"}}' },
      ],
    ])("is its client %s", (_case, accounts, environment) => {
      const expected = JSON.stringify(accounts).includes(":1}") ? '["1",""]' : a;
      expect(named(accounts, environment)).toBe(expected);
    });

    it("is not known if the accounts are invalid", () => {
      expect(named({ acme: { clientId: "a" } }, { VCC_ACCOUNTS: "{" })).toBeUndefined();
    });

    it.each([
      ["it is not configured", {}],
      ["it has no client, whatever the default account has", { acme: { region: "emea" } }],
      ["its client is secret", { acme: { clientId: { secure: "v1:…" } } }],
      ["it has a token", { acme: { clientId: "a", accessToken: { secure: "v1:…" } } }],
    ])("is not known if %s", (_case, accounts) => {
      expect(named(accounts)).toBeUndefined();
    });
  });
});
