import fc from "fast-check";
import { type Disclosure, quote } from "../../../provider/client/quotation";

const hint = " (set VCC_SHOW_ANSWERS=true to see all)";
const disclosing = (...secrets: string[]): Disclosure => ({ secrets, showAnswers: false });
const showing = (...secrets: string[]): Disclosure => ({ secrets, showAnswers: true });

/** Of VCC's documentation, its sibling APIs, OAuth servers and gateways. */
const documentedMessages = [
  "Payload Too Large",
  "Request size limit exceeded",
  "invalid_request: The access token is missing",
  "invalid_token: The access token is invalid or has expired",
  "Unauthorized",
  "invalid_client: The client ID or the client secret is wrong",
  "invalid_client: client authentication failed",
  "invalid_scope: The scope must be interactions:write",
  "unsupported_grant_type: The grant type must be client_credentials",
  "access_denied: The server denied access",
  "Accept must be application/vnd.newvoicemedia.v1+json",
  "The body must be application/x-www-form-urlencoded",
  "Content-Type must be application/json",
  "The field agentactionspermitted is required",
  "endpoint must be an https URL",
  "headers must be an object of names and values",
  "The Authorization header must have the format <type> <credentials>",
  "Missing Authentication Token",
  "Rate limit is exceeded. Try again later.",
  "The upstream server is timing out",
  "(transferToAgent, transferToRoute)",
  "429 Too Many Requests - slow down",
];

/** How a server may encode what it quotes. */
const encodings: Array<[string, (secret: string) => string]> = [
  ["nothing", (secret) => secret],
  ["hex", (secret) => Buffer.from(secret).toString("hex")],
  ["base64", (secret) => Buffer.from(secret).toString("base64")],
  ["base64 at another alignment", (secret) => Buffer.from(`x${secret}`).toString("base64")],
  ["base64url", (secret) => Buffer.from(secret).toString("base64url")],
  ["reversal", (secret) => [...secret].reverse().join("")],
  ["JSON escapes", (secret) => perCharacter(secret, (code) => `\\u${hex(code, 4)}`)],
  ["HTML entities", (secret) => perCharacter(secret, (code) => `&#x${hex(code, 2)};`)],
  ["decimal codes", (secret) => perCharacter(secret, (code) => `${code} `)],
  ["bits", (secret) => perCharacter(secret, (code) => `${code.toString(2)} `)],
  ["single characters", (secret) => [...secret].join(" ")],
  ["a URL", (secret) => encodeURIComponent(secret)],
  ["a URL, twice", (secret) => encodeURIComponent(encodeURIComponent(secret))],
  [
    ".NET's JSON escapes",
    (secret) => secret.replace(/\W/g, (c) => `\\u00${hex(c.charCodeAt(0), 2)}`),
  ],
  ["rotation", (secret) => secret.replace(/[a-z]/gi, (c) => rotate(c))],
];

function perCharacter(text: string, encode: (code: number) => string): string {
  return [...text].map((character) => encode(character.charCodeAt(0))).join("");
}
function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}
function rotate(letter: string): string {
  const base = letter < "a" ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}

describe("quotation", () => {
  it.each(documentedMessages)("shows the whole of %j", (message) => {
    expect(quote(message, disclosing("s3cret-canary"), 429)).toBe(`"${message}"`);
  });

  it.each(encodings)("hides a secret quoted with %s", (_case, encode) => {
    const secret = "S3cr+et/Zq<7&vK=9";
    const quoted = quote(`The value ${encode(secret)} is wrong`, disclosing(secret), 400);
    expect(quoted).toBe(`"The value … is wrong"${hint}`);
  });

  it.each([
    ["a word of a secret", "the token Wrong-Password is invalid", "the token … is invalid"],
    ["a part of a secret", "got wrong, not valid", "got … not valid"],
    ["another case", "got PASSWORD", "got …"],
    ["a word of four letters", "it must not pass", "it … not …"],
    ["a part within a word", "got transferToWrong", "got …"],
  ])("hides known words if a secret consists of them: %s", (_case, text, shown) => {
    expect(quote(text, disclosing("wrong-password-must"))).toBe(`"${shown}"${hint}`);
  });

  it("shows an error code although a secret contains a word of it", () => {
    const disclosure = disclosing("client-secret");
    expect(quote("invalid_client: client", disclosure)).toBe(`"invalid_client: …"${hint}`);
    expect(quote("invalid_client", disclosing("my invalid_client"))).toBe(`"…"${hint}`);
  });

  it("hides short words if they are the whole of a secret", () => {
    expect(quote("it is to be or not to be used", disclosing("to be or not to be"))).toBe(
      `"it is … used"${hint}`,
    );
    expect(quote("toBeOr", disclosing("toBeOrNot"))).toBe(`"…"${hint}`);
  });

  it("shows words of fewer than four letters that a secret contains", () => {
    expect(quote("The ID is not set", disclosing("xTheIsIdNotSetx", "id"))).toBe(
      '"The ID is not set"',
    );
  });

  it("shows no number but the status", () => {
    expect(quote("error 422, 7 of 4224: HTTP/422", disclosing(), 422)).toBe(
      `"error 422, … of … HTTP/422"${hint}`,
    );
  });

  it("shows punctuation around and between known words only", () => {
    expect(quote("(provider): 'headers'. a-b ;; -- token;!?;!? - [[[id", disclosing())).toBe(
      `"(provider): 'headers'. … - …"${hint}`,
    );
  });

  it("writes one line, and nothing for an empty text", () => {
    expect(quote(" The\r\n\ttoken\u0000is\u0085missing ", disclosing())).toBe(
      '"The token is missing"',
    );
    expect(quote(" \n", disclosing())).toBe("");
  });

  it.each([disclosing(), showing()])("cuts a text of more than 300 characters", (disclosure) => {
    const longest = `${"token ".repeat(49)}tokens`;
    expect(quote(longest, disclosure)).toBe(`"${longest}"`);
    const cut = quote("token ".repeat(51), disclosure);
    expect(cut).toBe(`"${"token ".repeat(50).slice(0, 299)}…"`);
  });

  it("reads only the beginning of a text", () => {
    expect(quote(`${"Zq ".repeat(1400)}token`, disclosing())).toBe(`"…"${hint}`);
  });

  it("never shows a word that is not known", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 4 }), (around, secret) => {
        const text = `${around} Zq${secret} ${around}`;
        expect(quote(text, disclosing())).not.toContain("Zq");
      }),
    );
  });

  describe("on demand", () => {
    it("shows all but secrets", () => {
      expect(quote('Unknown  field "Zq" 7\n(trace 9f)', showing("s3cret-canary"))).toBe(
        '"Unknown field "Zq" 7 (trace 9f)"',
      );
    });

    it.each([
      ["whole", "a s3cret-token, s3cret-token", "a …, …"],
      ["cut off", "header s3cret-t", "header …"],
      ["in other case", "S3CRET-TOKEN", "…"],
      ["with other whitespace", "my\n secret", "…"],
      ["of four characters", "pin 1234!", "pin …!"],
    ])("hides a secret %s", (_case, text, shown) => {
      const secrets = ["s3cret-token", "my \t secret", "1234", ""];
      expect(quote(text, showing(...secrets))).toBe(`"${shown}"`);
    });

    it("shows what is too short to be a secret", () => {
      expect(quote("413 Payload", showing("1", "a", "413"))).toBe('"413 Payload"');
    });

    it("hides every part of eight characters", () => {
      fc.assert(
        fc.property(fc.stringMatching(/^[!-~]{8,40}$/), fc.nat(32), (secret, start) => {
          const part = secret.slice(Math.min(start, secret.length - 8));
          expect(quote(`<${part}>`, showing(secret))).not.toContain(part);
        }),
      );
    });

    it("hides the longest secret in the longest text within three seconds", () => {
      const secret = Array.from({ length: 20_000 }, (_, n) => `${n}`.padStart(5, "x")).join("");
      const start = performance.now();
      expect(quote(secret, showing(secret))).toBe('"…"');
      expect(performance.now() - start).toBeLessThan(3000);
    });
  });
});
