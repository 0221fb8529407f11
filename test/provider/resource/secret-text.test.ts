import * as pulumi from "@pulumi/pulumi";
import { basic, bearer, fromEnvironment, type Secret, secretText } from "../../../provider";
import { settled } from "./settled";

const secret = fromEnvironment("CRM_TOKEN");
const data = { source: "environment", name: "CRM_TOKEN" };

describe("a secret of the environment", () => {
  it.each<[string, Secret, object]>([
    ["alone", secret, data],
    ["in bearer", bearer(secret), { ...data, prefix: "Bearer " }],
    ["in basic", basic("vcc", secret), { ...data, prefix: "vcc:", encoding: "basic" }],
    ["in a text", secretText`Token ${1}=${secret};`, { ...data, prefix: "Token 1=", suffix: ";" }],
    ["in a text alone", secretText`${secret}`, data],
    [
      "in texts within each other",
      bearer(secretText`a${secretText`b${secret}c`}d`),
      { ...data, prefix: "Bearer ab", suffix: "cd" },
    ],
    [
      "in a text within basic",
      basic("vcc", secretText`${secret}\n${"x"}`),
      { ...data, prefix: "vcc:", suffix: "\nx", encoding: "basic" },
    ],
  ])("is data: %s", (_case, composed, expected) => {
    expect(Object.keys(composed).sort()).toEqual(Object.keys(expected).sort());
    expect(JSON.parse(JSON.stringify(composed))).toEqual(expected);
  });

  it.each<[string, () => unknown]>([
    ["a template", () => `Bearer ${secret}`],
    ["a sum", () => "Bearer ".concat(secret as never)],
    ["a conversion", () => String(secret)],
    ["a list", () => [secret].join("")],
    ["what bearer returns", () => `${bearer(secret)}`],
  ])("throws, and names the helper: %s", (_case, convert) => {
    expect(convert).toThrow(
      'fromEnvironment("CRM_TOKEN") is not a text: add text around it with secretText`…`',
    );
  });

  it.each(["", "1A", "A-B", "A B", "A\n", "Ä", undefined as never])(
    "rejects the name %j",
    (name) => {
      expect(() => fromEnvironment(name)).toThrow("letters, digits and underscores");
    },
  );

  it.each<[string, () => unknown]>([
    ["exactly one secret", () => secretText`none`],
    ["exactly one secret", () => secretText`${secret}${secret}`],
    ["exactly one secret", () => secretText`${secret}${undefined as never}`],
    ["exactly one secret", () => secretText`${Promise.resolve("a") as never}${secret}`],
    ["exactly one secret", () => secretText([undefined, ""] as never, secret)],
    ["half of a surrogate pair", () => secretText`\ud800${secret}`],
    ["already is the whole value", () => secretText`Basic ${basic("vcc", secret)}`],
    ["already is the whole value", () => bearer(basic("vcc", secret))],
    ["the user must be a string", () => basic(undefined as never, secret)],
    ["the user must be a string", () => basic("", secret)],
    ["the user must not contain a colon", () => basic("v:cc", secret)],
  ])("rejects a composition: %s", (message, compose) => {
    expect(compose).toThrow(message);
  });

  it("is rejected within an output, which must not contain it", async () => {
    const inOutput = pulumi.output(secret) as unknown as pulumi.Output<string>;
    await expect(settled(bearer(inOutput))).rejects.toThrow(
      "bearer(): the token is fromEnvironment(…) within an output: pass it directly",
    );
  });

  it("shares the type of bearer with other tokens", () => {
    const tokens: Array<string | Secret> = ["token", secret];
    const [output, reference] = tokens.map((token) => bearer(token));
    expect(pulumi.Output.isInstance(output)).toBe(true);
    expect(reference).toEqual(bearer(secret));
  });
});
