import { createSearch, escapedCanary, formNames, forms } from "./secrets";

describe("a search for secrets", () => {
  const planted = escapedCanary("planted");
  const search = createSearch({ planted, other: escapedCanary("other") });
  const plantings = formNames.flatMap((form) =>
    forms[form](planted).map((text) => [form, text] as const),
  );

  it.each(plantings)("finds a secret %s: %s", (form, text) => {
    for (const content of [text, `before${text}after`, text.toUpperCase()]) {
      expect(search(content)).toContainEqual({ secret: "planted", form });
    }
    expect(search(text).filter(({ secret }) => secret === "other")).toEqual([]);
  });

  const encoders: Record<string, (text: string) => string> = {
    base64: (text) => Buffer.from(text).toString("base64"),
    base64url: (text) => Buffer.from(text).toString("base64url"),
    hex: (text) => Buffer.from(text).toString("hex"),
    reversed: (text) => [...text].reverse().join(""),
  };

  it.each(Object.entries(encoders))("finds a secret in encoded JSON: %s", (form, encode) => {
    for (const before of ["", "u", "us"]) {
      const found = search(encode(JSON.stringify({ [before]: planted, next: 1 })));
      expect(found).toContainEqual({ secret: "planted", form });
    }
  });

  it("finds nothing in a text without a secret", () => {
    expect(search(`planted ${escapedCanary("planted")}`)).toEqual([]);
  });
});
