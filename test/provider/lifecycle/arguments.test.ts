import fc from "fast-check";
import { parseRegistration } from "../../../provider/lifecycle/arguments";
import { unknownValue } from "../../../provider/pulumi-values";

const valid = { provider: "Crm", agentActionsPermitted: {} };

function problemsOf(args: Record<string, unknown>): string[] {
  const parsed = parseRegistration(args);
  return "problems" in parsed ? parsed.problems : [];
}

describe("registration", () => {
  it("states all four permissions, with the API's defaults", () => {
    expect(
      parseRegistration({ provider: "Crm", agentActionsPermitted: { hold: 1, release: 0 } }),
    ).toMatchObject({
      registration: {
        provider: "Crm",
        agentActionsPermitted: {
          release: false,
          hold: true,
          transferToAgent: false,
          transferToRoute: false,
        },
      },
    });
  });

  it.each([
    ["a path and a query", { endpoint: "https://crm.example.com:8443/a/b?tenant=1" }],
    ["an upper-case scheme", { endpoint: "HTTPS://crm.example.com" }],
    ["headers without an endpoint", { headers: { "X-Tenant": "acme" } }],
    ["an empty header value", { headers: { "X-Empty": "" } }],
    ["a tab inside a header value", { headers: { "X-Tab": "a\tb" } }],
    ["Latin-1 in a header value", { headers: { "X-City": "Zürich" } }],
    ["an Authorization with parameters", { headers: { authorization: 'Digest a="b", c="d"' } }],
    ["a name with spaces and non-ASCII letters", { provider: "CRM Zürich 客" }],
  ])("accepts %s unchanged", (_case, args) => {
    expect(parseRegistration({ ...valid, ...args })).toMatchObject({
      registration: { ...valid, ...args, agentActionsPermitted: expect.anything() },
    });
  });

  const url = "endpoint: must be an absolute https URL, like https://crm.example.com/vcc";
  const http =
    "endpoint: must be an absolute https URL: serve it over https, for example behind a reverse proxy";
  const authorization =
    'must be "<type> <credentials>", as bearer(token) or basic(user, password) build it';
  const controlCharacter = "the value contains a line break or another control character";

  it.each<[string, object, string[]]>([
    ["a missing name", { provider: undefined }, ["provider: the name is missing"]],
    ["a name that is not a string", { provider: 7 }, ["provider: the name must be a string"]],
    ["an empty name", { provider: "" }, ["provider: the name is empty"]],
    [
      "a name of whitespace",
      { provider: " " },
      ["provider: the name begins or ends with whitespace"],
    ],
    [
      "a name with trailing whitespace",
      { provider: "Crm " },
      ["provider: the name begins or ends with whitespace"],
    ],
    [
      "a control character in the name",
      { provider: "C\u0007rm" },
      ["provider: the name contains a control character"],
    ],
    ["http", { endpoint: "http://crm.example.com" }, [http]],
    ["http on loopback", { endpoint: "http://127.0.0.1/vcc" }, [http]],
    ["a relative endpoint", { endpoint: "/vcc" }, [url]],
    ["an endpoint without a host", { endpoint: "https:///vcc" }, [url]],
    ["an endpoint without slashes", { endpoint: "https:crm.example.com" }, [url]],
    ["an empty endpoint", { endpoint: "" }, [url]],
    ["an endpoint that is null", { endpoint: null }, ["endpoint: the URL is missing"]],
    ["an account that is null", { account: null }, ["account: the account is missing"]],
    [
      "headers that are null",
      { headers: null },
      ["headers: must be an object of header names and values"],
    ],
    [
      "credentials in the endpoint",
      { endpoint: "https://user:canary@crm.example.com/" },
      ["endpoint: the URL contains credentials: put them into an Authorization header"],
    ],
    [
      "a fragment",
      { endpoint: "https://crm.example.com/#" },
      ["endpoint: the URL has a fragment, which HTTP never sends"],
    ],
    [
      "a line break in the endpoint",
      { endpoint: "https://crm.example.com/\nvcc" },
      ["endpoint: the URL contains whitespace, a control character or a backslash"],
    ],
    [
      "headers that are a list",
      { headers: [["a", "b"]] },
      ["headers: must be an object of header names and values"],
    ],
    [
      "a header name that is not a token",
      { headers: { "X Tenant": "canary" } },
      ['headers["X Tenant"]: is not a valid header name (RFC 9110)'],
    ],
    [
      "a header name with quotes",
      { headers: { 'X-"A"': "canary" } },
      ['headers["X-\\"A\\""]: is not a valid header name (RFC 9110)'],
    ],
    [
      "an empty header name",
      { headers: { "": "canary" } },
      ['headers[""]: is not a valid header name (RFC 9110)'],
    ],
    [
      "CR in a header value",
      { headers: { "X-A": "canary\r" } },
      [`headers["X-A"]: ${controlCharacter}`],
    ],
    [
      "LF in a header value",
      { headers: { "X-A": "canary\n" } },
      [`headers["X-A"]: ${controlCharacter}`],
    ],
    [
      "NUL in a header value",
      { headers: { "X-A": "can\0ary" } },
      [`headers["X-A"]: ${controlCharacter}`],
    ],
    [
      "a header value that HTTP cannot carry",
      { headers: { "X-A": "canary €" } },
      ['headers["X-A"]: the value contains characters that HTTP headers cannot carry'],
    ],
    [
      "a header value with trailing whitespace",
      { headers: { "X-A": "canary " } },
      ['headers["X-A"]: the value begins or ends with whitespace'],
    ],
    [
      "a header value that is not a string",
      { headers: { "X-A": 12345 } },
      ['headers["X-A"]: the value must be a string'],
    ],
    [
      "a missing header value",
      { headers: { "X-A": null } },
      ['headers["X-A"]: the value is missing'],
    ],
    [
      "names that differ only by case",
      { headers: { "x-a": "1", "X-A": "2" } },
      ['headers["X-A"]: differs from "x-a" only by case'],
    ],
    [
      "Authorization without a scheme",
      { headers: { Authorization: "canary" } },
      [`headers.Authorization: ${authorization}`],
    ],
    [
      "Authorization without credentials",
      { headers: { authorization: "Bearer " } },
      [
        "headers.authorization: the value begins or ends with whitespace",
        `headers.authorization: ${authorization}`,
      ],
    ],
    [
      "missing permissions",
      { agentActionsPermitted: undefined },
      ["agentActionsPermitted: is required; {} permits release only"],
    ],
    [
      "permissions that are a list",
      { agentActionsPermitted: ["hold"] },
      ["agentActionsPermitted: must be an object of operations and booleans"],
    ],
    [
      "inherited permissions",
      { agentActionsPermitted: Object.create({ hold: 1 }) },
      ["agentActionsPermitted: must be an object of operations and booleans"],
    ],
    [
      "permissions with the name __proto__",
      { agentActionsPermitted: JSON.parse('{"__proto__":{"hold":1}}') },
      ["agentActionsPermitted: must be an object of operations and booleans"],
    ],
    [
      "a header with the name __proto__",
      { headers: JSON.parse('{"__proto__":"canary"}') },
      ["headers: must be an object of header names and values"],
    ],
    [
      "headers that are a Map",
      { headers: new Map([["X-A", "canary"]]) },
      ["headers: must be an object of header names and values"],
    ],
    [
      "an operation in another case",
      { agentActionsPermitted: { transfertoagent: true } },
      ['agentActionsPermitted.transfertoagent: unknown operation; did you mean "transferToAgent"?'],
    ],
    [
      "an operation that does not exist",
      { agentActionsPermitted: { dance: true } },
      [
        "agentActionsPermitted.dance: unknown operation; use one of release, hold, transferToAgent, transferToRoute",
      ],
    ],
    [
      "a permission of 2",
      { agentActionsPermitted: { hold: 2 } },
      ["agentActionsPermitted.hold: must be true, false, 0 or 1"],
    ],
    [
      "a permission in quotes",
      { agentActionsPermitted: { hold: "1" } },
      ["agentActionsPermitted.hold: must be true, false, 0 or 1"],
    ],
    [
      "an unknown argument",
      { header: { "X-A": "canary" } },
      ['header: unknown argument; did you mean "headers"?'],
    ],
  ])("rejects %s", (_case, args, problems) => {
    expect(problemsOf({ ...valid, ...args })).toEqual(problems);
    expect(problems.join()).not.toContain("canary");
  });

  it.each(["Host", "content-length", "Transfer-Encoding", "Connection", "TE", "Upgrade"])(
    "rejects the framing header %s",
    (name) => {
      expect(problemsOf({ ...valid, headers: { [name]: "x" } })).toEqual([
        expect.stringContaining("VCC's own HTTP client sets this header"),
      ]);
    },
  );

  it("rejects the header of pulumi-vcc verify, with which a receiver would ignore notifications", () => {
    expect(problemsOf({ ...valid, headers: { "x-vcc-verify": "x" } })).toEqual([
      'headers["x-vcc-verify"]: pulumi-vcc/receiver ignores notifications that carry this header',
    ]);
  });

  it("reports all problems at once", () => {
    expect(
      problemsOf({
        provider: "",
        endpoint: "http://a",
        headers: { "X A": "\n" },
        agentActionsPermitted: { hold: 3, sing: 1 },
        color: "red",
      }),
    ).toHaveLength(7);
  });

  it("reports an excessive size together with other problems", () => {
    const headers = { "X A": "x".repeat(100_000) };
    expect(problemsOf({ ...valid, provider: "", headers })).toEqual([
      "provider: the name is empty",
      'headers["X A"]: is not a valid header name (RFC 9110)',
      expect.stringMatching(/^the registration has 100\d{3} bytes as JSON/),
    ]);
    expect(
      problemsOf({ ...valid, headers: { "X-A": unknownValue, "X-B": "x".repeat(100_000) } }),
    ).toEqual([]);
  });

  it("accepts a body of 100,000 bytes of UTF-8, and rejects one more", () => {
    const bodyOf = (provider: string) => ({ provider, agentActionsPermitted: {} });
    const empty = JSON.stringify({
      provider: "",
      agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
    }).length;
    const name = "é".repeat((100_000 - empty) / 2 - 1).padEnd((100_000 - empty) / 2, "a");
    const spare = 100_000 - empty - Buffer.byteLength(name);
    expect(problemsOf(bodyOf(name + "a".repeat(spare)))).toEqual([]);
    expect(problemsOf(bodyOf(name + "a".repeat(spare + 1)))).toEqual([
      "the registration has 100001 bytes as JSON; VCC accepts at most 100000",
    ]);
  });

  it.each([
    [
      "all arguments",
      {
        provider: unknownValue,
        endpoint: unknownValue,
        headers: unknownValue,
        agentActionsPermitted: unknownValue,
      },
    ],
    ["one header", { ...valid, headers: { Authorization: unknownValue, "X-A": "a" } }],
    ["one permission", { ...valid, agentActionsPermitted: { hold: unknownValue } }],
  ])("passes unknown values through: %s", (_case, args) => {
    expect(parseRegistration(args)).toMatchObject({
      registration: expect.objectContaining(
        "headers" in args ? { headers: args.headers } : { provider: args.provider },
      ),
    });
  });

  it("validates known values next to unknown ones", () => {
    expect(
      problemsOf({
        ...valid,
        provider: unknownValue,
        headers: { Host: unknownValue, "X-A": "\n" },
      }),
    ).toHaveLength(2);
  });

  it("shows no header value in any problem", () => {
    const canary = "q7Zr4nWv";
    const spoilt = fc
      .tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }))
      .map(([before, after]) => `${before}${canary}${after}`);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("Authorization", "X-A", "Host", "X B", "x-a"), spoilt),
        fc.constantFrom("headers", "header", "agentActionsPermitted", "endpoint"),
        (headers, argument) => {
          const value = argument === "endpoint" ? Object.values(headers)[0] : headers;
          const problems = problemsOf({ ...valid, [argument]: value });
          expect(problems.join("\n")).not.toContain(canary);
        },
      ),
    );
  });
});
