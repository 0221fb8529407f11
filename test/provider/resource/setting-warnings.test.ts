import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "../../../provider";
import { settingNames, settings } from "../../../provider/accounts/settings";
import {
  clearSecrets,
  ineffectiveKeys,
  ineffectiveVariables,
} from "../../../provider/resource/setting-warnings";
import { settled } from "./settled";

const keys = settingNames.map((name) => `vcc:${name}`);

describe("keys of the configuration", () => {
  it("have an effect if they are settings", () => {
    expect(ineffectiveKeys([...keys, "vcc:accounts", "project:reasertEvery"], "project")).toEqual(
      [],
    );
  });

  it.each([
    ["vcc:reasertEvery", "vcc:reassertEvery"],
    ["vcc:Region", "vcc:region"],
    ["vcc:regoin", "vcc:region"],
    ["vcc:client_id", "vcc:clientId"],
    ["vcc:clientsecret", "vcc:clientSecret"],
    ["vcc:acessToken", "vcc:accessToken"],
    ["vcc:witnesToken", "vcc:witnessToken"],
    ["vcc:apiURL", "vcc:apiUrl"],
    ["vcc:account", "vcc:accounts"],
    ["vcc:dedline", "vcc:deadline"],
    ["pulumi-vcc:region", "vcc:region"],
    ["pulumi-vcc:accounts", "vcc:accounts"],
    ["VCC:clientId", "vcc:clientId"],
  ])("have none if they are mistyped: %s", (key, meant) => {
    expect(ineffectiveKeys([key], "project")).toEqual([
      `${key} has no effect (to remove it, run pulumi config rm ${key}); did you mean "${meant}"?`,
    ]);
  });

  it("have none if nothing resembles them", () => {
    expect(ineffectiveKeys(["vcc:color"], "project")).toEqual([
      expect.stringMatching(/^vcc:color has no effect .*; use one of accounts, region, /),
    ]);
  });

  it("may belong to a program whose project has the name of the namespace", () => {
    expect(ineffectiveKeys(["vcc:callbackToken"], "vcc")).toEqual([]);
    expect(ineffectiveKeys(["vcc:Region"], "vcc")).toHaveLength(1);
    expect(ineffectiveKeys(["pulumi-vcc:region"], "pulumi-vcc")).toEqual([]);
  });
});

describe("environment variables", () => {
  it("have an effect if they are settings", () => {
    const names = settingNames.map((name) => settings[name].environmentVariable);
    const environment = Object.fromEntries([...names, "VCC_ACCOUNTS"].map((name) => [name, "x"]));
    expect(ineffectiveVariables(environment, {})).toEqual([]);
  });

  it.each([
    ["VCC_REASERT_EVERY", "VCC_REASSERT_EVERY"],
    ["VCC_REGOIN", "VCC_REGION"],
    ["vcc_region", "VCC_REGION"],
    ["VCC_CLIENTID", "VCC_CLIENT_ID"],
    ["VCC_ACCOUNT", "VCC_ACCOUNTS"],
  ])("have none if they are mistyped: %s", (variable, meant) => {
    expect(ineffectiveVariables({ [variable]: "canary" }, {})).toEqual([
      `the environment variable ${variable} has no effect; did you mean ${meant}?`,
    ]);
  });

  it.each(["VCC_HOME", "VCC_REASON", "VCC_CALLBACK_TOKEN", "VCC_", "VCCREGION", "XVCC_REGION"])(
    "may belong to others: %s",
    (variable) => {
      expect(ineffectiveVariables({ [variable]: "x" }, {})).toEqual([]);
    },
  );

  it("may belong to others if the setting that they resemble is set", () => {
    expect(ineffectiveVariables({ VCC_REGIONS: "x", VCC_REGION: "emea" }, {})).toEqual([]);
    expect(ineffectiveVariables({ VCC_REGIONS: "x" }, { "vcc:region": "emea" })).toEqual([]);
  });
});

describe("secrets", () => {
  const nothing = () => false;
  const noFile = () => "";

  it("are reported together if they are in clear text, with the commands that encrypt them", () => {
    const accounts = {
      acme: { region: "emea", clientId: "1", clientSecret: "canary" },
      "o.k": { witnessToken: "canary" },
    };
    const warnings = clearSecrets(
      {
        "vcc:clientId": "id",
        "vcc:clientSecret": "canary",
        "vcc:accessToken": "",
        "vcc:accounts": JSON.stringify(accounts),
      },
      nothing,
      noFile,
    );
    expect(warnings).toEqual([
      'vcc:clientSecret, vcc:accounts.acme.clientSecret, vcc:accounts["o.k"].witnessToken: not a secret, so ' +
        "that the stack's configuration and state contain it in clear text. Run pulumi config set --secret " +
        "vcc:clientSecret and pulumi config set --secret --path 'vcc:accounts.acme.clientSecret' and " +
        "pulumi config set --secret --path 'vcc:accounts[\"o.k\"].witnessToken'",
    ]);
  });

  it.each(["vcc:clientSecret", "vcc:accessToken", "vcc:witnessToken"])("include %s", (key) => {
    expect(clearSecrets({ [key]: "canary" }, nothing, noFile)).toHaveLength(1);
    expect(clearSecrets({ [key]: "canary" }, () => true, noFile)).toEqual([]);
  });

  it("are found beside the secrets of other accounts, by the stack's file", () => {
    const accounts = {
      acme: { clientSecret: "canary-encrypted" },
      beta: { clientSecret: "canary-clear", accessToken: "short" },
    };
    const file = `
config:
  vcc:accounts:
    acme:
      clientSecret:
        secure: v1:…
    beta:
      clientSecret: canary-clear
      accessToken: short
`;
    const configuration = { "vcc:accounts": JSON.stringify(accounts) };
    expect(
      clearSecrets(
        configuration,
        () => true,
        () => file,
      ),
    ).toEqual([expect.stringMatching(/^vcc:accounts.beta.clientSecret: not a secret/)]);
  });

  it.each(["not JSON", "[]", '{"acme": "text"}', "null"])(
    "are not searched in accounts that are invalid: %s",
    (accounts) => {
      expect(clearSecrets({ "vcc:accounts": accounts }, nothing, noFile)).toEqual([]);
    },
  );
});

describe("a program", () => {
  it("warns once", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    });
    pulumi.runtime.setAllConfig(
      { "vcc:Region": "emea", "vcc:clientSecret": "c", "vcc:accessToken": "t" },
      ["vcc:accessToken"],
    );
    const warned: string[] = [];
    jest.spyOn(pulumi.log, "warn").mockImplementation(async (message) => void warned.push(message));
    const declare = (name: string) =>
      new VccProvider(name, { provider: name, agentActionsPermitted: {} }).urn;
    await settled(pulumi.all([declare("first"), declare("second")]));
    expect(warned).toEqual([
      expect.stringMatching(/^vcc:Region has no effect/),
      expect.stringMatching(/^vcc:clientSecret: not a secret/),
    ]);
    expect(warned.join()).not.toContain("accessToken");
  });
});
