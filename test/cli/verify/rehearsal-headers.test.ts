import { secretHeaders, without, withWrong } from "../../../cli/verify/rehearsal-headers";

describe("secret headers", () => {
  it.each([
    [{ Authorization: "a", "X-Tenant": "b" }, [], ["Authorization"]],
    [{ "x-api-key": "a", "X-Tenant": "b", "X-Vcc-Token": "c" }, [], ["x-api-key", "X-Vcc-Token"]],
    [
      { "X-Auth": "a", Cookie: "b", "X-Hub-Signature": "c", "X-Key-Id": "d" },
      [],
      ["X-Auth", "Cookie", "X-Hub-Signature"],
    ],
    [{ "X-Tenant": "a", "X-Custom": "b" }, ["X-Custom"], ["X-Custom"]],
    // Nothing says which of them are secret.
    [{ "X-Tenant": "a", "X-Custom": "b" }, [], ["X-Tenant", "X-Custom"]],
    [{}, [], []],
  ])("of %j with the references %j are %j", (headers, references, expected) => {
    expect(secretHeaders(headers as Record<string, string>, references)).toEqual(expected);
  });

  const headers = {
    Authorization: "Basic Y2FuYXJ5",
    "X-Api-Key": "canary key",
    "X-Tenant": "acme",
  };
  const secret = ["Authorization", "X-Api-Key"];

  it("are left out", () => {
    expect(without(headers, secret)).toEqual({ "X-Tenant": "acme" });
  });

  it("get random values, of the same type of credentials", () => {
    const wrong = withWrong(headers, secret);
    expect(wrong["X-Tenant"]).toBe("acme");
    const [, credentials = ""] = /^Basic (\S+)$/.exec(wrong.Authorization ?? "") ?? [];
    expect(Buffer.from(credentials, "base64").toString()).toMatch(/^pulumi-vcc-verify:[0-9a-f-]+$/);
    expect(wrong["X-Api-Key"]).toBe(credentials);
    expect(withWrong(headers, secret)).not.toEqual(wrong);
  });
});
