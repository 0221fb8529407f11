import * as z from "zod/mini";
import { orUnknown, parsePart, plainObject, problem, text } from "../schema";

/** @see RFC 9110, section 5.6.2 */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Headers that frame the message or belong to the connection: VCC's HTTP client sets them. */
const framingHeaders = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

type Rule = (value: string) => string | false;

/** @see RFC 9110, section 5.5 */
const rules: Rule[] = [
  (value) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 9110 excludes
    /[\x00-\x08\x0a-\x1f\x7f]/.test(value) &&
    "the value contains a line break or another control character",
  (value) =>
    /[^\0-\xff]/u.test(value) && "the value contains characters that HTTP headers cannot carry",
  (value) => /^[ \t]|[ \t]$/.test(value) && "the value begins or ends with whitespace",
];

const authorizationRule: Rule = (value) => {
  const [scheme = "", ...credentials] = value.split(" ");
  return (
    !(token.test(scheme) && credentials.join("") !== "") &&
    'must be "<type> <credentials>", as bearer(token) or basic(user, password) build it'
  );
};

const HeaderValue = text("the value", ...rules);
const AuthorizationValue = text("the value", ...rules, authorizationRule);

/** Header name → value, as VCC can send them. Messages contain no value. */
export const RegisteredHeaders = z.pipe(
  plainObject(() => "must be an object of header names and values"),
  z.transform((headers, { issues }) => {
    const spellings = new Map<string, string>();
    for (const [name, value] of Object.entries(headers)) {
      const addProblem = (message: string) => issues.push(problem(message, name));
      const lowerCase = name.toLowerCase();
      const otherSpelling = spellings.get(lowerCase);
      spellings.set(lowerCase, name);
      if (!token.test(name)) addProblem("is not a valid header name (RFC 9110)");
      if (framingHeaders.has(lowerCase)) addProblem("VCC's own HTTP client sets this header");
      if (otherSpelling !== undefined) {
        addProblem(`differs from ${JSON.stringify(otherSpelling)} only by case`);
      }
      const Value = lowerCase === "authorization" ? AuthorizationValue : HeaderValue;
      parsePart(orUnknown(Value), value, issues, name);
    }
    return headers as Record<string, string>;
  }),
);
