import { accountPath, parseNamedAccounts } from "../../../provider/accounts/named-accounts";

const parse = (value: unknown) =>
  parseNamedAccounts(typeof value === "string" ? value : JSON.stringify(value), "vcc:accounts");

describe("named accounts", () => {
  it("are parsed with every digit of a number", () => {
    const result = parse('{"acme": {"clientId": 9007199254740993, "region": "emea"}, "b c": {}}');
    expect(result).toEqual({
      accounts: new Map([
        [
          "acme",
          new Map([
            ["clientId", "9007199254740993"],
            ["region", "emea"],
          ]),
        ],
        ["b c", new Map()],
      ]),
    });
  });

  it.each<[unknown, string]>([
    ['{"acme": {"clientSecret": "canary"', "vcc:accounts is not valid JSON"],
    [["canary"], "vcc:accounts must be an object: account → setting → value"],
    ["null", "vcc:accounts must be an object: account → setting → value"],
    [
      '{"__proto__": {"region": "emea"}}',
      "vcc:accounts must be an object: account → setting → value",
    ],
    [{ acme: "canary" }, "vcc:accounts.acme must be an object of settings"],
    [
      { acme: { secret: "canary" } },
      "vcc:accounts.acme.secret: unknown setting (to remove it, run pulumi config rm --path 'vcc:accounts.acme.secret'); use one of region",
    ],
    [{ acme: { ClientID: "canary" } }, '); did you mean "clientId"?'],
    [{ "a.b": { "c.d": "canary" } }, `config rm --path 'vcc:accounts["a.b"]["c.d"]'`],
    [{ acme: { clientSecret: { a: "canary" } } }, "must be a string or a number"],
    [
      { acme: { clientSecret: null } },
      "vcc:accounts.acme.clientSecret must be a string or a number",
    ],
    [{ "": {} }, 'vcc:accounts[""]: the name of an account must not be empty'],
    [{ " a": {} }, 'vcc:accounts[" a"]: the name of an account must not be empty or begin'],
  ])("are rejected, without a value: %j", (value, problem) => {
    const result = parse(value);
    expect(result).toEqual({ problems: [expect.stringContaining(problem)] });
    expect(JSON.stringify(result)).not.toContain("canary");
  });

  it("of the environment have no command that removes an unknown setting", () => {
    const result = parseNamedAccounts('{"acme": {"secret": "canary"}}', "VCC_ACCOUNTS");
    expect(result).toEqual({
      problems: [expect.stringMatching(/^VCC_ACCOUNTS\.acme\.secret: unknown setting; use one of/)],
    });
  });

  it.each([
    ["acme", "vcc:accounts.acme"],
    ["acme-uk_2", "vcc:accounts.acme-uk_2"],
    ["acme.uk", 'vcc:accounts["acme.uk"]'],
    ['a"b', 'vcc:accounts["a\\"b"]'],
  ])("have the path that pulumi config takes: %s", (name, path) => {
    expect(accountPath(name)).toBe(path);
  });
});
