import { loadAccountId, loadCredentials } from "../../../provider/accounts/credentials";
import { problemsOf, sources } from "./sources";

describe("credentials", () => {
  const client = { VCC_CLIENT_ID: "id", VCC_CLIENT_SECRET: "secret" };

  it.each([
    ["a client ID and secret", {}, client, { clientId: "id", clientSecret: "secret" }],
    [
      "an access token over client credentials",
      {},
      { ...client, VCC_ACCESS_TOKEN: "t" },
      { accessToken: "t" },
    ],
    [
      "a configured client over a token in the environment",
      { "vcc:clientId": "own" },
      { ...client, VCC_ACCESS_TOKEN: "t" },
      { clientId: "own", clientSecret: "secret" },
    ],
    [
      "a configured token over everything else",
      { "vcc:accessToken": "own", "vcc:clientId": "own" },
      client,
      { accessToken: "own" },
    ],
    [
      "a client if the token is empty",
      {},
      { ...client, VCC_ACCESS_TOKEN: "" },
      { clientId: "id", clientSecret: "secret" },
    ],
  ])("uses %s", (_case, configuration, environment, credentials) => {
    expect(loadCredentials(sources(configuration, environment))).toEqual(credentials);
  });

  it.each([
    ["the client and the URL", client, { clientId: "id", apiUrl: "https://a.example" }],
    [
      "nothing with an access token, which may be another client's",
      { ...client, VCC_ACCESS_TOKEN: "t" },
      undefined,
    ],
    ["nothing without a client", {}, undefined],
  ])("identify the account by %s", (_case, environment, id) => {
    const configuration = { "vcc:apiUrl": "https://a.example//" };
    expect(loadAccountId(sources(configuration, environment))).toEqual(id);
  });

  it.each([
    [
      "nothing",
      {},
      "there are no credentials: set vcc:clientId (or VCC_CLIENT_ID) and vcc:clientSecret (or VCC_CLIENT_SECRET), or vcc:accessToken (or VCC_ACCESS_TOKEN)",
    ],
    [
      "a client ID without a secret",
      { VCC_CLIENT_ID: "id" },
      "vcc:clientId (or VCC_CLIENT_ID) is set, but vcc:clientSecret (or VCC_CLIENT_SECRET) is not",
    ],
    [
      "a secret without a client ID",
      { VCC_CLIENT_SECRET: "canary" },
      "vcc:clientSecret (or VCC_CLIENT_SECRET) is set, but vcc:clientId (or VCC_CLIENT_ID) is not",
    ],
    [
      "a line break at the end of a secret",
      { VCC_CLIENT_ID: "id", VCC_CLIENT_SECRET: "canary\n" },
      "vcc:clientSecret (or VCC_CLIENT_SECRET) begins or ends with whitespace",
    ],
    [
      "a line break inside a secret",
      { VCC_CLIENT_ID: "id", VCC_CLIENT_SECRET: "can\nary" },
      "vcc:clientSecret (or VCC_CLIENT_SECRET) contains a line break or a character that is not ASCII",
    ],
  ])("rejects %s", (_case, environment, problem) => {
    expect(problemsOf(() => loadCredentials(sources({}, environment)))).toEqual([problem]);
  });
});
