import { loadConnection } from "../../../provider/accounts/connection";
import {
  loadCredentials,
  requireCompleteCredentials,
} from "../../../provider/accounts/credentials";
import {
  accountSources,
  loadNamedAccounts,
  stackSources,
} from "../../../provider/accounts/setting-sources";
import { problemsOf } from "./sources";

type Values = Record<string, Record<string, unknown>>;

function sourcesOf(
  account: string,
  {
    configuration = {},
    accounts,
    environment = {},
    environmentAccounts,
  }: {
    configuration?: Record<string, string>;
    accounts?: Values;
    environment?: Record<string, string>;
    environmentAccounts?: Values;
  },
) {
  const values: Record<string, string | undefined> = {
    ...configuration,
    "vcc:accounts": accounts && JSON.stringify(accounts),
  };
  const read = (key: string) => values[key];
  const places = loadNamedAccounts(read, {
    VCC_ACCOUNTS: environmentAccounts && JSON.stringify(environmentAccounts),
  });
  return accountSources(account, places, stackSources(read, environment));
}

const client = { clientId: "1", clientSecret: "s" };

describe("a named account", () => {
  it("takes what it does not set from the default account", () => {
    const sources = sourcesOf("acme", {
      accounts: { acme: { ...client, region: "nam", maxConcurrency: 8 } },
      configuration: { "vcc:region": "emea", "vcc:deadline": "90s" },
      environment: { VCC_API_URL: "https://api.example" },
    });
    expect(loadConnection(sources)).toMatchObject({
      region: "nam",
      maxConcurrency: 8,
      totalTimeoutMs: 90_000,
      apiUrl: "https://api.example",
    });
    expect(loadCredentials(sources)).toEqual(client);
  });

  it.each<[string, Parameters<typeof sourcesOf>[1]]>([
    ["the flat configuration", { configuration: { "vcc:clientId": "2", "vcc:clientSecret": "t" } }],
    ["the flat environment", { environment: { VCC_CLIENT_ID: "2", VCC_CLIENT_SECRET: "t" } }],
    ["a flat token", { environment: { VCC_ACCESS_TOKEN: "t" } }],
  ])("takes no credentials from %s", (_case, others) => {
    const sources = sourcesOf("acme", { accounts: { acme: { region: "emea" } }, ...others });
    expect(problemsOf(() => loadCredentials(sources))).toEqual([
      "there are no credentials: set vcc:accounts.acme.clientId (or VCC_ACCOUNTS) and " +
        "vcc:accounts.acme.clientSecret (or VCC_ACCOUNTS), or vcc:accounts.acme.accessToken (or VCC_ACCOUNTS)",
    ]);
  });

  it("takes its credentials from VCC_ACCOUNTS if the configuration has none for it", () => {
    const sources = sourcesOf("acme", {
      accounts: { acme: { region: "emea" } },
      environmentAccounts: { acme: { ...client, region: "nam" } },
    });
    expect(loadConnection(sources).region).toBe("emea");
    expect(loadCredentials(sources)).toEqual(client);
  });

  it("never mixes credentials of two places", () => {
    const sources = sourcesOf("acme", {
      accounts: { acme: { clientId: "1" } },
      environmentAccounts: { acme: { clientSecret: "s" } },
      configuration: { "vcc:clientSecret": "t" },
    });
    expect(problemsOf(() => requireCompleteCredentials(sources))).toEqual([
      "vcc:accounts.acme.clientId (or VCC_ACCOUNTS) is set, but vcc:accounts.acme.clientSecret (or VCC_ACCOUNTS) is not. " +
        "Set both in one place: pulumi config set --path 'vcc:accounts.acme.clientSecret' --secret",
    ]);
  });

  it("is named in the problems of its settings", () => {
    const sources = sourcesOf("acme.uk", { accounts: { "acme.uk": { region: "eu" } } });
    expect(problemsOf(() => loadConnection(sources))).toEqual([
      'vcc:accounts["acme.uk"].region (or VCC_ACCOUNTS) is "eu": use one of emea, nam, apac',
    ]);
  });

  it("is not blamed for the default account that it takes", () => {
    const sources = sourcesOf("acme", {
      accounts: { acme: { region: "emea" } },
      configuration: { "vcc:apiUrl": "http://api.example" },
    });
    expect(problemsOf(() => loadConnection(sources))).toEqual([
      "vcc:apiUrl (or VCC_API_URL) must use https (http is allowed for loopback only)",
    ]);
  });

  it("must exist", () => {
    expect(problemsOf(() => sourcesOf("acmee", { accounts: { acme: {} } }))).toEqual([
      'account: there is no account "acmee" (to add it, run pulumi config set --path ' +
        "'vcc:accounts.acmee.region' <region>); did you mean \"acme\"?",
    ]);
    expect(problemsOf(() => sourcesOf("acme", {}))).toEqual([
      expect.stringMatching(/there is no account "acme" \(.*\); none is configured$/),
    ]);
    const configured = (key: string) => (key === "vcc:accounts" ? '{"acme": {}}' : undefined);
    const names = loadNamedAccounts(configured, { VCC_ACCOUNTS: '{"beta": {}}' }).map(
      (accounts) => [...accounts.keys()],
    );
    expect(names).toEqual([["acme"], ["beta"]]);
  });

  it("cannot exist in invalid JSON, which is not quoted", () => {
    const problems = problemsOf(() =>
      loadNamedAccounts(() => undefined, { VCC_ACCOUNTS: '{"acme": "canary' }),
    );
    expect(problems).toEqual(["VCC_ACCOUNTS is not valid JSON"]);
  });
});

describe("the default account", () => {
  it("do not replace a client of the configuration by a token of the environment", () => {
    const configuration = (key: string) => ({ "vcc:clientId": "1" })[key];
    const sources = stackSources(configuration, { VCC_ACCESS_TOKEN: "t" });
    expect(sources.read("accessToken")).toBeUndefined();
    expect(stackSources(() => undefined, { VCC_ACCESS_TOKEN: "t" }).read("accessToken")).toBe("t");
  });
});
