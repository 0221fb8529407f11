import { createSearch, escapedCanary, type Form, formNames, forms } from "./secrets";

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

  it.each([0, 1, 2])(
    "finds a secret in a text that is base64 as a whole, %i bytes in",
    (length) => {
      for (const [encoding, form] of [
        ["base64", "base64"],
        ["base64url", "base64url"],
      ] satisfies Array<[BufferEncoding, Form]>) {
        const text = Buffer.from(`${"u".repeat(length)}${planted}:more`).toString(encoding);
        expect(search(text)).toContainEqual({ secret: "planted", form });
      }
    },
  );

  it("finds nothing in a text without a secret", () => {
    expect(search(`planted ${escapedCanary("planted")}`)).toEqual([]);
  });
});
