import { basic, bearer, fromEnvironment, secretText } from "../../../provider";
import { parseRegistration } from "../../../provider/lifecycle/arguments";
import { unknownValue } from "../../../provider/pulumi-values";

function problems(headers: unknown, environment: Record<string, string> = {}) {
  const args = { provider: "Crm", headers, agentActionsPermitted: {} };
  const parsed = parseRegistration(args, environment);
  return "problems" in parsed ? parsed.problems : [];
}

const secret = fromEnvironment("TOKEN");

describe("a secret among the headers", () => {
  it.each<[string, object, Record<string, string>]>([
    ["a bearer token", { Authorization: bearer(secret) }, { TOKEN: "canary" }],
    ["Basic credentials", { authorization: basic("vcc", secret) }, { TOKEN: "pässword" }],
    ["another header", { "X-A": secret, "X-B": unknownValue }, { TOKEN: "canary" }],
    ["a whole Authorization", { Authorization: secret }, { TOKEN: "Bearer canary" }],
    ["the name of an inherited property", { constructor: secret, "X-A": "a" }, { TOKEN: "canary" }],
    ["a variable that is not set", { Authorization: secret }, {}],
    ["a variable that is empty", { "X-A": secret }, { TOKEN: "" }],
  ])("is valid: %s", (_case, headers, environment) => {
    expect(problems(headers, environment)).toEqual([]);
  });

  const inVariable = 'headers["X-A"], with the environment variable TOKEN';
  it.each<[string, object, string, string]>([
    [
      "a line break",
      { "X-A": secret },
      "canary\n",
      `${inVariable}: the value contains a line break`,
    ],
    ["whitespace", { "X-A": secret }, " canary", `${inVariable}: the value begins or ends`],
    [
      "other characters",
      { "X-A": secret },
      "canary€",
      `${inVariable}: the value contains characters`,
    ],
    [
      "whitespace at the end of the text",
      { "X-A": secretText`${secret} ` },
      "canary",
      `${inVariable}: the value`,
    ],
    [
      "a line break in a password",
      { Authorization: basic("vcc", secret) },
      "canary\n",
      "the value contains a line break",
    ],
    [
      "whitespace after Bearer",
      { Authorization: bearer(secret) },
      " canary",
      "the value begins or ends with whitespace",
    ],
    ["no scheme", { Authorization: secret }, "canary", 'must be "<type> <credentials>"'],
    [
      "a scheme in the token",
      { Authorization: bearer(secret) },
      "bearer canary",
      'begins with "Bearer" twice: store the token alone, without "Bearer"',
    ],
    ["too much", { "X-A": secret }, "canary".repeat(20_000), "VCC accepts at most 100000"],
  ])("is rejected by its variable, without the value: %s", (_case, headers, token, problem) => {
    const found = problems(headers, { TOKEN: token });
    expect(found).toEqual([expect.stringContaining(problem)]);
    expect(found.join()).not.toContain("canary");
  });

  it.each<[string, unknown, string]>([
    ["no secret", { source: "vault", name: "A" }, 'headers["X-A"].source: must be "environment"'],
    [
      "no name",
      { source: "environment" },
      'headers["X-A"].name: the name of the variable is missing',
    ],
    [
      "an invalid name",
      { source: "environment", name: "A B" },
      "is not the name of an environment variable",
    ],
    [
      "an unknown property",
      { ...secret, value: "canary" },
      'headers["X-A"].value: unknown property',
    ],
    [
      "another encoding",
      { ...secret, encoding: "hex" },
      'headers["X-A"].encoding: must be "basic"',
    ],
    ["no text", { ...secret, prefix: 1 }, 'headers["X-A"].prefix: must be a string'],
    [
      "a text that it was converted to",
      "Bearer [object Object]",
      "add text around fromEnvironment(name) with secretText",
    ],
  ])("is rejected: %s", (_case, value, problem) => {
    const found = problems({ "X-A": value }, { TOKEN: "canary" });
    expect(found).toEqual([expect.stringContaining(problem)]);
    expect(found.join()).not.toContain("canary");
  });
});
