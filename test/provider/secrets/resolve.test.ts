import { basic, bearer, fromEnvironment, secretText } from "../../../provider";
import { unknownValue } from "../../../provider/pulumi-values";
import { resolveHeaders } from "../../../provider/secrets/resolve";

describe("resolveHeaders", () => {
  const secret = fromEnvironment("TOKEN");

  it("adds what stands around the variable, and encodes afterwards", () => {
    const headers = {
      Authorization: basic("müller", secretText`${secret}!`),
      "X-Bearer": bearer(secret),
      "X-Text": secretText`<${secret}>`,
      "X-Tenant": "acme",
      "X-Unknown": unknownValue,
    };
    expect(resolveHeaders(headers, { TOKEN: "pässword" })).toEqual({
      values: {
        Authorization: `Basic ${Buffer.from("müller:pässword!").toString("base64")}`,
        "X-Bearer": "Bearer pässword",
        "X-Text": "<pässword>",
        "X-Tenant": "acme",
        "X-Unknown": unknownValue,
      },
      unresolved: {},
      contents: { Authorization: "pässword", "X-Bearer": "pässword", "X-Text": "pässword" },
    });
  });

  it.each([[{}], [{ TOKEN: "" }], [{ TOKEN: undefined }], [{ token: "a" }]])(
    "names the variable that the environment lacks: %j",
    (environment) => {
      expect(resolveHeaders({ "X-A": bearer(secret), "X-B": "b" }, environment)).toEqual({
        values: { "X-B": "b" },
        unresolved: { "X-A": "TOKEN" },
        contents: {},
      });
    },
  );
});
