import { declare, variablesIn } from "../../../cli/init/declarations";

const body = (provider: string, headers: Record<string, string>, endpoint?: string) => ({
  provider,
  ...(endpoint !== undefined && { endpoint }),
  headers,
  permissions: {},
});

describe("declare", () => {
  it("makes every header value a secret", () => {
    const { declarations, secrets } = declare([
      body("CrmIntegration", { Authorization: "Basic abc", "X-Tenant": "acme" }),
    ]);
    expect(secrets).toEqual([
      { key: "crmIntegrationAuthorization", value: "Basic abc" },
      { key: "crmIntegrationXTenant", value: "acme" },
    ]);
    expect(JSON.stringify(declarations)).not.toMatch(/abc|acme/);
  });

  it("stores only the token of a bearer", () => {
    const { declarations, secrets } = declare([body("Crm", { authorization: "Bearer abc" })]);
    expect(secrets).toEqual([{ key: "crmAuthorization", value: "abc" }]);
    expect(declarations[0]?.headers).toEqual([
      { name: "authorization", secret: { key: "crmAuthorization" }, bearer: true },
    ]);
  });

  it.each(["bearer abc", "Bearer  abc", "Bearer"])("keeps %j, as VCC has it", (value) => {
    expect(declare([body("Crm", { Authorization: value })]).secrets).toEqual([
      { key: "crmAuthorization", value },
    ]);
  });

  it("makes an endpoint with a query a secret", () => {
    const url = "https://crm.example.com/vcc?key=abc";
    const { declarations, secrets } = declare([body("Crm", {}, url)]);
    expect(declarations[0]?.endpoint).toEqual({ key: "crmEndpoint" });
    expect(secrets).toEqual([{ key: "crmEndpoint", value: url }]);
  });

  it("makes an endpoint with a variable a secret", () => {
    const { declarations, secrets } = declare([body("Crm", {}, "\0CRM\0/vcc")]);
    expect(declarations[0]?.endpoint).toEqual({ key: "crmEndpoint" });
    expect(secrets).toEqual([{ key: "crmEndpoint", value: "\0CRM\0/vcc" }]);
  });

  it("gives every resource and every secret its own name", () => {
    const { declarations, secrets } = declare([
      body("Crm-1", { "X-A": "1", "X.A": "2" }),
      body("crm 1", { "X-A": "3" }),
      body("Zürich", { "X-É": "6" }),
      body("统一", { "!": "4" }),
      body("一", { "!": "5" }),
    ]);
    expect(declarations.map(({ resource }) => resource)).toEqual([
      ...["crm-1", "crm-12", "zurich", "provider", "provider2"],
    ]);
    expect(secrets.map((secret) => "key" in secret && secret.key)).toEqual([
      ...["crm1XA", "crm1XA2", "crm1XA3", "zurichXE", "secret", "secret2"],
    ]);
  });

  it("refers to variables of the environment, and exports what has none of its own", () => {
    const bodies = [
      body("Crm", {
        Authorization: "Bearer \0CRM_TOKEN\0",
        "X-Key": "abc",
        "X-Text": "id=abc \0CRM_TOKEN\0",
      }),
      body("2", { "!": "def", "X-Key": "\0CRM_X_KEY\0" }, "https://crm.example.com/?key=ghi"),
    ];
    const { declarations, secrets } = declare(bodies, "environment");
    expect(declarations.map(({ headers }) => headers.map(({ secret }) => secret))).toEqual([
      [{ variable: "CRM_TOKEN" }, { variable: "CRM_X_KEY2" }, { variable: "CRM_X_TEXT" }],
      [{ variable: "HEADER_2" }, { variable: "CRM_X_KEY" }],
    ]);
    expect(variablesIn(declarations)).toEqual([
      ...["CRM_TOKEN", "CRM_X_KEY2", "CRM_X_TEXT", "HEADER_2", "CRM_X_KEY"],
    ]);
    expect(secrets).toEqual([
      { variable: "CRM_X_KEY2", value: "abc" },
      { variable: "CRM_X_TEXT", value: "id=abc \0CRM_TOKEN\0" },
      { key: "2Endpoint", value: "https://crm.example.com/?key=ghi" },
      { variable: "HEADER_2", value: "def" },
    ]);
    expect(JSON.stringify(declarations)).not.toMatch(/abc|def|ghi/);
  });

  it.each([
    ["Crm", "X-Key", "CRM_X_KEY"],
    ["一", "Path", "HEADER_PATH"],
    ["Node", "Options", "HEADER_NODE_OPTIONS"],
    ["VCC", "Client-Secret", "HEADER_VCC_CLIENT_SECRET"],
    ["Github", "Token", "HEADER_GITHUB_TOKEN"],
  ])("refers to no variable of other programs: %s, %s", (provider, header, variable) => {
    const { declarations } = declare([body(provider, { [header]: "abc" })], "environment");
    expect(variablesIn(declarations)).toEqual([variable]);
  });
});
