import * as pulumi from "@pulumi/pulumi";
import { accountNames } from "../../../provider/resource/account-names";

describe("accountNames", () => {
  const configure = (accounts: object | undefined, environment: string | undefined) => {
    pulumi.runtime.setAllConfig(accounts ? { "vcc:accounts": JSON.stringify(accounts) } : {});
    if (environment === undefined) delete process.env.VCC_ACCOUNTS;
    else process.env.VCC_ACCOUNTS = environment;
  };
  afterEach(() => configure(undefined, undefined));

  it("lists the accounts of the configuration and of the environment, once each and sorted", () => {
    configure({ beta: {}, acme: { clientSecret: "canary" } }, '{"gamma": {}, "acme": {}}');
    expect(accountNames()).toEqual(["acme", "beta", "gamma"]);
  });

  it("is empty without accounts", () => {
    expect(accountNames()).toEqual([]);
  });

  it("rejects an empty VCC_ACCOUNTS, unless the configuration has accounts", () => {
    configure(undefined, "");
    expect(accountNames).toThrow("VCC_ACCOUNTS is empty, and vcc:accounts has no account");
    configure({ acme: {} }, "");
    expect(accountNames()).toEqual(["acme"]);
  });

  it("rejects invalid accounts without a value", () => {
    configure({ acme: { clientSecret: ["canary"] } }, undefined);
    expect(accountNames).toThrow("vcc:accounts.acme.clientSecret must be a string or a number");
    configure(undefined, '{"acme": "canary"');
    expect(accountNames).toThrow(/^VCC_ACCOUNTS is not valid JSON$/);
  });
});
