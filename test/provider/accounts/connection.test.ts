import { join } from "node:path";
import { loadConnection } from "../../../provider/accounts/connection";
import { loadSettings } from "../../../provider/accounts/setting-types";
import { settingNames, settings } from "../../../provider/accounts/settings";
import { problemsOf, sources } from "./sources";

const root = join(__dirname, "../../..");

describe("connection", () => {
  it.each(["emea", "nam", "apac"])("knows the hosts of %s", (region) => {
    expect(loadConnection(sources({ "vcc:region": region }))).toEqual({
      region,
      apiUrl: `https://${region}.api.newvoicemedia.com/interactions`,
      authUrl: `https://${region}.cc.vonage.com/Auth/connect/token`,
      clientAuthentication: "form",
      maxConcurrency: 4,
      totalTimeoutMs: 300_000,
    });
  });

  it("prefers the configuration to the environment, setting by setting", () => {
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
      totalTimeoutMs: 90_000,
      caFile: {
        name: "ca.pem",
        directory: root,
        label: "vcc:caFile (or VCC_CA_FILE)",
      },
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
      'vcc:region (or VCC_REGION) is "EMEA": did you mean "emea"?',
      "vcc:apiUrl (or VCC_API_URL) must use https (http is allowed for loopback only)",
      "vcc:authUrl (or VCC_AUTH_URL) is not an absolute URL",
      'vcc:clientAuthentication (or VCC_CLIENT_AUTHENTICATION) is "post": use one of form, basic',
      "vcc:maxConcurrency (or VCC_MAX_CONCURRENCY) must be a whole number, 1 or more",
      'vcc:deadline (or VCC_DEADLINE) must be a duration like "90s", "5m" or "1h"',
    ]);
  });

  it.each([
    ["no region", {}, "vcc:region (or VCC_REGION) is required: set it to one of emea, nam, apac"],
    [
      "an empty region",
      { VCC_REGION: "" },
      "vcc:region (or VCC_REGION) is required: set it to one of emea, nam, apac",
    ],
    [
      "an unknown region",
      { VCC_REGION: "eu" },
      'vcc:region (or VCC_REGION) is "eu": use one of emea, nam, apac',
    ],
    [
      "credentials in a URL",
      { VCC_REGION: "emea", VCC_API_URL: "https://u:canary@vcc.example.com" },
      "vcc:apiUrl (or VCC_API_URL) must not contain credentials",
    ],
    [
      "a query in a URL",
      { VCC_REGION: "emea", VCC_AUTH_URL: "https://vcc.example.com?canary" },
      "vcc:authUrl (or VCC_AUTH_URL) must not have a query or a fragment",
    ],
  ])("rejects %s", (_case, environment, problem) => {
    expect(problemsOf(() => loadConnection(sources({}, environment)))).toEqual([problem]);
  });

  it.each(settingNames)("rejects whitespace around %s", (name) => {
    const { environmentVariable } = settings[name];
    for (const text of [" x", "x\n", "x\t", "\ufeffx", " "]) {
      expect(problemsOf(() => loadSettings(sources({ [`vcc:${name}`]: text }), [name]))).toEqual([
        `vcc:${name} (or ${environmentVariable}) begins or ends with whitespace`,
      ]);
    }
  });

  it.each([
    ["http://127.0.0.1", true],
    ["http://127.1", true],
    ["http://localhost", true],
    ["http://[::1]", true],
    ["http://127.0.0.1.example.com", false],
    ["http://localhost.example.com", false],
    ["http://128.0.0.1", false],
  ])("distinguishes loopback from names that resemble it: %s", (url, accepted) => {
    const environment = { VCC_REGION: "emea", VCC_API_URL: url };
    const problems = problemsOf(() => loadConnection(sources({}, environment)));
    expect(problems.length === 0).toBe(accepted);
  });
});
