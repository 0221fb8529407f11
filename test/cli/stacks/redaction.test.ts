import fc from "fast-check";
import { redact } from "../../../cli/stacks/redaction";

describe("redact", () => {
  it.each([
    ["a whole secret", 'bad value "s3cret-token" in headers', 'bad value "[secret]" in headers'],
    ["a secret twice", "s3cret-token s3cret-token", "[secret] [secret]"],
    ["the beginning of a secret, cut off", "header s3cret-t", "header [secret]"],
    ["base64", `got ${Buffer.from("s3cret-token").toString("base64")}`, "got [secret]"],
    ["nothing without a secret", "Payload Too Large", "Payload Too Large"],
  ])("hides %s", (_case, text, expected) => {
    expect(redact(text, ["s3cret-token"])).toBe(expected);
  });

  it("hides a secret in its JSON and its URL encoding", () => {
    expect(redact('say "a\\"b c\\\\d" please', ['a"b c\\d'])).toBe('say "[secret]" please');
    expect(redact("x=p%40ss%20word%26", ["p@ss word&"])).toBe("x=[secret]");
  });

  it("hides a secret in its form encoding and in base64url", () => {
    expect(redact("client_secret=ab+cd%26+ef", ["ab cd& ef"])).toBe("client_secret=[secret]");
    const secret = "??>>??>>??>>";
    expect(redact(Buffer.from(secret).toString("base64url"), [secret])).toBe("[secret]");
  });

  it("hides a secret in its HTML encoding", () => {
    expect(redact("bad a&amp;b&lt;c&quot;d", ['a&b<c"d'])).toBe("bad [secret]");
  });

  it("hides the longest secret in the longest message", () => {
    const secret = Array.from({ length: 20_000 }, (_, n) => `${n}`.padStart(5, "x")).join("");
    expect(redact(secret.slice(0, 4096), [secret])).toBe("[secret]");
  });

  it("shows what is too short to be a secret", () => {
    expect(redact("413 Payload", ["1", "a", "41"])).toBe("413 Payload");
  });

  it("hides short secrets, and ignores empty ones", () => {
    expect(redact("pin 1234!", ["1234", ""])).toBe("pin [secret]!");
  });

  it("hides every quotation of eight characters", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40 }),
        fc.string(),
        fc.nat(32),
        (secret, around, cut) => {
          const quotation = secret.slice(Math.min(cut, secret.length - 8));
          // The marker may contain the quotation.
          fc.pre(!"[secret]".includes(quotation));
          expect(redact(`<${quotation}>${around}`, [secret])).not.toContain(`<${quotation}>`);
        },
      ),
    );
  });

  it.each([
    ["lower-case percent encoding", "pass/word+canary", "pass%2fword%2bcanary"],
    ["escaped slashes", "pass/word/canary", "pass\\/word\\/canary"],
    ["decimal entities", "it's&canary", "it&#39;s&#38;canary"],
    ["hexadecimal entities", "it's&canary", "it&#x27;s&#x26;canary"],
    ["other case", "PassWord-Canary", "PASSWORD-CANARY"],
    ["other whitespace", "my  secret\tcanary", "my secret canary"],
  ])("hides what is quoted with %s", (_case, secret, quoted) => {
    expect(redact(`before ${quoted} after`, [secret])).toBe("before [secret] after");
  });
});
