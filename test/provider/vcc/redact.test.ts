import { createHash } from "node:crypto";
import fc from "fast-check";
import { redact } from "../../../provider/vcc/redact";

/** Of VCC's documentation, its sibling APIs, OAuth servers, .NET, gateways and Pulumi. */
const readable = [
  "Payload Too Large",
  "Request size limit exceeded",
  "invalid_request: The access token is missing",
  "invalid_client: The client ID or the client secret is wrong",
  "invalid_scope: The scope must be interactions:write",
  "Accept must be application/vnd.newvoicemedia.v1+json",
  "The body must be application/x-www-form-urlencoded",
  "Content-Type must be application/json",
  "The field 'agentactionspermitted' is required.",
  "agentActionsPermitted.transferToRoute must be 0 or 1",
  "endpoint must be an https URL, e.g. https://crm.example.com/vcc.",
  "The Authorization header must have the format <type> <credentials>",
  "provider isn't registered (code 400).",
  "can’t be read-only and/or VCC's",
  "Rate limit is exceeded. Try again in 60 seconds!",
  "429 Too Many Requests - slow down",
  "HTTP/1.1 400 Bad Request",
  "100% of 5, 3 of 7",
  "length 65536 exceeds the limit",
  "correlation id 0f8fad5b-d9cb-469f-a165-70867728950e.",
  "Unexpected character encountered while parsing value: <. Path '', line 0, position 0.",
  "Error converting value {null} to type. Path 'agentactionspermitted.hold', line 7.",
  "One or more validation errors occurred.: The Provider field is required.",
  'unknown field "agent_actions"',
  "no stack named 'dev' found in /home/me/project/Pulumi.yaml",
  "Node.js 22.19.0 or newer is required, and this is 20.18.0 (/usr/bin/node)",
];

const perCharacter = (encode: (code: number) => string) => (secret: string) =>
  [...Buffer.from(secret)].map(encode).join("");
const digits = (code: number, radix: number, length: number) =>
  code.toString(radix).padStart(length, "0");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const hash = (algorithm: string, encoding: "hex" | "base64") => (secret: string) =>
  createHash(algorithm).update(secret).digest(encoding);
const rotated = (secret: string) =>
  secret.replace(/[a-z]/gi, (letter) => {
    const first = letter < "a" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });

/** How a server may encode what it quotes. */
const encodings: Array<[name: string, encode: (secret: string) => string]> = [
  ["nothing", (secret) => secret],
  ["a half", (secret) => secret.slice(secret.length / 2)],
  ["upper case", (secret) => secret.toUpperCase()],
  ["reversal", (secret) => [...secret].reverse().join("")],
  ["JSON", (secret) => JSON.stringify(secret).slice(1, -1)],
  ["JSON with escaped slashes", (secret) => JSON.stringify(secret).replaceAll("/", "\\/")],
  ["JSON, twice", (secret) => JSON.stringify(JSON.stringify(secret))],
  [".NET's JSON", (secret) => secret.replace(/\W/g, (c) => `\\u${digits(c.charCodeAt(0), 16, 4)}`)],
  ["\\u escapes", perCharacter((code) => `\\u${digits(code, 16, 4)}`)],
  ["\\x escapes", perCharacter((code) => `\\x${digits(code, 16, 2)}`)],
  ["octal escapes", perCharacter((code) => `\\${digits(code, 8, 3)}`)],
  ["a URL", encodeURIComponent],
  ["a form", (secret) => new URLSearchParams({ "": secret }).toString().slice(1)],
  ["a URL, twice", (secret) => encodeURIComponent(encodeURIComponent(secret))],
  ["a URL, each byte", perCharacter((code) => `%${digits(code, 16, 2)}`)],
  ["quoted-printable", perCharacter((code) => `=${digits(code, 16, 2).toUpperCase()}`)],
  ["named HTML entities", (secret) => secret.replaceAll("<", "&lt;").replaceAll("&", "&amp;")],
  ["decimal HTML entities", perCharacter((code) => `&#${code};`)],
  ["hexadecimal HTML entities", perCharacter((code) => `&#x${digits(code, 16, 2)};`)],
  ["hex", (secret) => Buffer.from(secret).toString("hex")],
  ["hex in pairs", perCharacter((code) => `${digits(code, 16, 2)} `)],
  ["hex with hyphens", perCharacter((code) => `${digits(code, 16, 2)}-`)],
  ["base64", base64],
  ["base64, one byte later", (secret) => base64(`x${secret}`)],
  ["base64, two bytes later", (secret) => base64(`xy${secret}`)],
  ["base64url", (secret) => Buffer.from(secret).toString("base64url")],
  ["base64, twice", (secret) => base64(base64(secret))],
  ["base64 of UTF-16", (secret) => Buffer.from(secret, "utf16le").toString("base64")],
  ["hex of base64", (secret) => Buffer.from(base64(secret)).toString("hex")],
  ["a list of bytes", (secret) => JSON.stringify([...Buffer.from(secret)])],
  ["a buffer", (secret) => JSON.stringify(Buffer.from(secret))],
  ["an object of bytes", (secret) => JSON.stringify({ ...Buffer.from(secret) })],
  ["bytes with dots", (secret) => [...Buffer.from(secret)].join(".")],
  ["bits", perCharacter((code) => `${digits(code, 2, 8)} `)],
  ["a list of characters", (secret) => JSON.stringify([...secret])],
  ["single characters", (secret) => [...secret].join(" ")],
  ["SHA-256", hash("sha256", "hex")],
  ["SHA-1 in base64", hash("sha1", "base64")],
  ["MD5", hash("md5", "hex")],
  ["rotation", rotated],
  ["XOR", (secret) => base64(perCharacter((code) => String.fromCharCode(code ^ 42))(secret))],
];

const secrets = ["S3cr+et/Zq<7&vK=9", "24d80e703a037349cb4818cf7ec695cc", "A1addin:0penSesame!"];

/** Runs that remain of a quotation, except for names of JSON fields and single characters. */
const remains = (text: string) =>
  text
    .split(/[\s",:;()[\]{}…]+/)
    .filter((run) => run.length > 1 && !["type", "Buffer", "data"].includes(run));

describe("redact", () => {
  it.each(readable)("shows the whole of %j", (message) => {
    expect(redact(message, ["s3cret-canary"])).toBe(message);
  });

  it("shows the given names, too, which are no words", () => {
    const message = "vcc:apiUrl (or VCC_API_URL) must use https";
    expect(redact(message, [])).not.toContain("apiUrl");
    expect(redact(message, [], ["apiUrl", "VCC_API_URL"])).toBe(message);
  });

  it.each(encodings)("hides a secret encoded with %s", (_case, encode) => {
    for (const secret of secrets) {
      const shown = redact(`The value ${encode(secret)} is wrong`, [secret]);
      expect(shown).toMatch(/^The value .*…/);
      expect(remains(shown)).toEqual(["The", "value", "is", "wrong"]);
    }
  });

  it.each(encodings.filter(([name]) => name !== "rotation"))(
    "hides a secret of words encoded with %s",
    (_case, encode) => {
      const secret = "correct-horse-battery-staple";
      const shown = redact(`The value ${encode(secret)} is wrong`, [secret]);
      expect(remains(shown)).toEqual(["The", "value", "is", "wrong"]);
    },
  );

  it.each([
    ["a part of eight characters", "got s3cret-t, no", "got …, no"],
    ["twice", "s3cret-token s3cret-token", "…"],
    ["in another case", "S3CRET-TOKEN", "…"],
    ["within a run", "for token=s3cret-token&x", "for …"],
    ["of four characters, wherever it stands", "pin crmA7 crma", "pin …"],
    ["of three characters, as a word", "an abc is no abcd", "an … is no abcd"],
    ["with other whitespace", "the my secret", "the …"],
  ])("hides a known secret: %s", (_case, text, shown) => {
    const known = ["s3cret-token", "crma", "abc", "my \t secret", ""];
    expect(redact(text, known)).toBe(shown);
  });

  it.each([
    ["mixed case", "Provider CrmIntegration", "Provider …"],
    ["letters with digits", "X-Header1 is 100KB", "… is …"],
    ["a long word", `${"a".repeat(21)} ${"b".repeat(20)}`, `… ${"b".repeat(20)}`],
    ["long upper case", "UNAUTHORIZED NOTFOUND", "… NOTFOUND"],
    ["a long number", "654321 65432", "… 65432"],
    ["three numbers in a row", "1 2 3, and 1 2", "…, and 1 2"],
    ["a UUID without hyphens", "0f8fad5bd9cb469fa16570867728950e", "…"],
    ["other alphabets", "привет ｓｅｃｒｅｔ s\u0301ecret", "…"],
    ["other punctuation", "a+b user@host x|y #5 ~ ----", "…"],
  ])("hides by shape: %s", (_case, text, shown) => {
    expect(redact(text, [])).toBe(shown);
  });

  // As docs/how-it-works.md says.
  it.each([
    ["letters of words, rotated", rotated("correct-horse"), ["correct-horse"]],
    ["words that stand for characters", "Sierra Echo Charlie", ["sec"]],
    ["a part of seven characters", "correct", ["correct-horse"]],
  ])("shows %s", (_case, text, known) => {
    expect(redact(text, known)).toBe(text);
  });

  it("hides every part of eight characters", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), fc.nat(32), (secret, start) => {
        const part = secret.slice(Math.min(start, secret.length - 8));
        expect(redact(`<${part}>`, [secret])).not.toContain(part);
      }),
    );
  });

  it("never shows a run that it does not know", () => {
    fc.assert(
      fc.property(fc.string(), (around) => {
        expect(redact(`${around} Zq7 ${around}`, [])).not.toContain("Zq7");
      }),
    );
  });
});
