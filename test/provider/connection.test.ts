import { loadConnection } from "../../provider/connection";
import { loadCredentials } from "../../provider/credentials";
import { ConfigurationError } from "../../provider/errors";
import { isLoopback } from "../../provider/url";

function sources(configuration: Record<string, string>, environment: Record<string, string> = {}) {
  return { configuration: (key: string) => configuration[key], environment };
}

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("connection", () => {
  it.each(["emea", "nam", "apac"])("knows the hosts of %s", (region) => {
    expect(loadConnection(sources({ "vcc:region": region }))).toEqual({
      region,
      apiUrl: `https://${region}.api.newvoicemedia.com/interactions`,
      authUrl: `https://${region}.cc.vonage.com/Auth/connect/token`,
      clientAuthentication: "form",
      maxConcurrency: 4,
      deadlineMs: 300_000,
    });
  });

  it("takes configuration before the environment, setting by setting", () => {
    expect(
      loadConnection(
        sources(
          { "vcc:region": "nam", "vcc:apiUrl": "https://vcc.example.com/interactions/" },
          {
            VCC_REGION: "emea",
            VCC_API_URL: "https://ignored.example.com",
            VCC_AUTH_URL: "http://localhost:4010/Auth/connect/token",
            VCC_MAX_CONCURRENCY: "8",
            VCC_CLIENT_AUTHENTICATION: "basic",
            VCC_DEADLINE: "90s",
            VCC_CA_FILE: "ca.pem",
          },
        ),
      ),
    ).toEqual({
      region: "nam",
      apiUrl: "https://vcc.example.com/interactions",
      authUrl: "http://localhost:4010/Auth/connect/token",
      clientAuthentication: "basic",
      maxConcurrency: 8,
      deadlineMs: 90_000,
      caFile: "ca.pem",
    });
  });

  it("names all problems at once", () => {
    expect(
      problemsOf(() =>
        loadConnection(
          sources(
            { "vcc:region": "EMEA", "vcc:maxConcurrency": "0.5" },
            {
              VCC_API_URL: "http://vcc.example.com",
              VCC_AUTH_URL: "token",
              VCC_DEADLINE: "5",
              VCC_CLIENT_AUTHENTICATION: "post",
            },
          ),
        ),
      ),
    ).toEqual([
      'unknown region "EMEA" in vcc:region (or VCC_REGION); did you mean "emea"?',
      "vcc:maxConcurrency (or VCC_MAX_CONCURRENCY) must be a whole number from 1 on",
      'vcc:deadline (or VCC_DEADLINE) must be a duration like "90s", "5m" or "1h"',
      "vcc:clientAuthentication (or VCC_CLIENT_AUTHENTICATION) must be one of form, basic",
      "vcc:apiUrl (or VCC_API_URL) must use https (http is for loopback only)",
      "vcc:authUrl (or VCC_AUTH_URL) is not an absolute URL",
    ]);
  });

  it.each([
    ["no region", {}, "no region: set vcc:region (or VCC_REGION) to one of emea, nam, apac"],
    [
      "an empty region",
      { VCC_REGION: "" },
      "no region: set vcc:region (or VCC_REGION) to one of emea, nam, apac",
    ],
    [
      "an unknown region",
      { VCC_REGION: "eu" },
      'unknown region "eu" in vcc:region (or VCC_REGION); known are emea, nam, apac',
    ],
    [
      "credentials in a URL",
      { VCC_REGION: "emea", VCC_API_URL: "https://u:canary@vcc.example.com" },
      "vcc:apiUrl (or VCC_API_URL) must not hold credentials",
    ],
    [
      "a query in a URL",
      { VCC_REGION: "emea", VCC_AUTH_URL: "https://vcc.example.com?canary" },
      "vcc:authUrl (or VCC_AUTH_URL) must not have a query or a fragment",
    ],
  ])("refuses %s", (_case, environment, problem) => {
    expect(problemsOf(() => loadConnection(sources({}, environment)))).toEqual([problem]);
  });

  it("knows loopback from names that only look like it", () => {
    for (const url of ["http://127.0.0.1", "http://127.1", "http://localhost", "http://[::1]"]) {
      expect(isLoopback(new URL(url).hostname)).toBe(true);
    }
    for (const url of [
      "http://127.0.0.1.example.com",
      "http://localhost.example.com",
      "http://128.0.0.1",
    ]) {
      expect(isLoopback(new URL(url).hostname)).toBe(false);
    }
  });
});

describe("credentials", () => {
  const client = { VCC_CLIENT_ID: "id", VCC_CLIENT_SECRET: "secret" };

  it.each([
    ["id and secret", {}, client, { clientId: "id", clientSecret: "secret" }],
    [
      "a token before id and secret",
      {},
      { ...client, VCC_ACCESS_TOKEN: "t" },
      { accessToken: "t" },
    ],
    [
      "a configured client before a token in the environment",
      { "vcc:clientId": "own" },
      { ...client, VCC_ACCESS_TOKEN: "t" },
      { clientId: "own", clientSecret: "secret" },
    ],
    [
      "a configured token before everything",
      { "vcc:accessToken": "own", "vcc:clientId": "own" },
      client,
      { accessToken: "own" },
    ],
    [
      "a client where the token is empty",
      {},
      { ...client, VCC_ACCESS_TOKEN: "" },
      { clientId: "id", clientSecret: "secret" },
    ],
  ])("takes %s", (_case, configuration, environment, credentials) => {
    expect(loadCredentials(sources(configuration, environment))).toEqual(credentials);
  });

  it.each([
    [
      "nothing",
      {},
      "no credentials: set vcc:clientId (or VCC_CLIENT_ID) and vcc:clientSecret (or VCC_CLIENT_SECRET), or vcc:accessToken (or VCC_ACCESS_TOKEN)",
    ],
    [
      "a client id without secret",
      { VCC_CLIENT_ID: "id" },
      "vcc:clientId (or VCC_CLIENT_ID) is set, but vcc:clientSecret (or VCC_CLIENT_SECRET) is not",
    ],
    [
      "a secret without client id",
      { VCC_CLIENT_SECRET: "canary" },
      "vcc:clientSecret (or VCC_CLIENT_SECRET) is set, but vcc:clientId (or VCC_CLIENT_ID) is not",
    ],
    [
      "a line break at the end of a secret",
      { VCC_CLIENT_ID: "id", VCC_CLIENT_SECRET: "canary\n" },
      "vcc:clientSecret (or VCC_CLIENT_SECRET) has blanks around it, a line break or a letter outside of ASCII",
    ],
  ])("refuses %s", (_case, environment, problem) => {
    expect(problemsOf(() => loadCredentials(sources({}, environment)))).toEqual([problem]);
  });
});
