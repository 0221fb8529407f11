import * as z from "zod/mini";
import { orUnknown, parsePart, plainObject, problem, strictEntries, text } from "../schema";
import type { ResolvedHeaders } from "../secrets/resolve";
import { type HeaderValue, isSecret, variableName } from "../secrets/secret";
import { verifyHeader } from "../witness/witness";

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
  (value) =>
    value.includes("[object Object]") &&
    "the value contains [object Object]: add text around fromEnvironment(name) with secretText",
];

const authorizationRule: Rule = (value) => {
  const [scheme = "", ...credentials] = value.split(" ");
  return (
    !(token.test(scheme) && credentials.join("") !== "") &&
    'must be "<type> <credentials>", as bearer(token) or basic(user, password) build it'
  );
};

const HeaderText = text("the value", ...rules);
const AuthorizationText = text("the value", ...rules, authorizationRule);

const optionalText = z.optional(z.string("must be a string"));

const SecretDescription = strictEntries(
  "unknown property of a secret",
  {
    source: z.literal("environment", 'must be "environment"'),
    name: text(
      "the name of the variable",
      (name) => !variableName.test(name) && "is not the name of an environment variable",
    ),
    prefix: optionalText,
    suffix: optionalText,
    encoding: z.optional(z.literal("basic", 'must be "basic"')),
  },
  () => "must be a secret, as fromEnvironment(name) returns it",
);

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
      if (lowerCase === verifyHeader.toLowerCase()) {
        addProblem("pulumi-vcc/receiver ignores notifications that carry this header");
      }
      if (otherSpelling !== undefined) {
        addProblem(`differs from ${JSON.stringify(otherSpelling)} only by case`);
      }
      parsePart(isSecret(value) ? SecretDescription : orUnknown(textOf(name)), value, issues, name);
    }
    return headers as Record<string, HeaderValue>;
  }),
);

/** Validates what the secrets among headers resolve to. */
export function problemsOfSecrets(
  headers: Readonly<Record<string, HeaderValue>>,
  { values }: ResolvedHeaders,
): string[] {
  return Object.entries(values).flatMap(([name, resolved]) => {
    const value = headers[name];
    if (!isSecret(value)) return [];
    const { error } = z.safeParse(textOf(name), resolved);
    return (error?.issues ?? []).map(
      ({ message }) =>
        `headers[${JSON.stringify(name)}], with the environment variable ${value.name}: ${message}`,
    );
  });
}

function textOf(header: string) {
  return header.toLowerCase() === "authorization" ? AuthorizationText : HeaderText;
}
