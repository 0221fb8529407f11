import * as z from "zod/mini";
import { orUnknown, parsePart, plainObject, problem, strictEntries, text } from "../schema";
import type { ResolvedHeaders } from "../secrets/resolve";
import { type HeaderValue, isSecret, type Secret, variableName } from "../secrets/secret";
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

const controlRule: Rule = (value) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 9110 excludes
  /[\x00-\x08\x0a-\x1f\x7f]/.test(value) &&
  "the value contains a line break or another control character";
const characterRule: Rule = (value) =>
  /[^\0-\xff]/u.test(value) && "the value contains characters that HTTP headers cannot carry";
const whitespaceRule: Rule = (value) =>
  /^[ \t]|[ \t]$/.test(value) && "the value begins or ends with whitespace";

/** @see RFC 9110, section 5.5 */
const rules = [controlRule, characterRule, whitespaceRule];

/** What becomes of a secret that a program converts to text. */
const convertedSecretRule: Rule = (value) =>
  /\[object Object\]|"source":"environment"/.test(value) &&
  "the value contains a secret that was converted to text: add text around fromEnvironment(name) with secretText";

const authorizationRule: Rule = (value) => {
  const [scheme = "", ...credentials] = value.split(" ");
  if (/^(bearer|basic) +\1 /i.test(value)) {
    return `begins with "${scheme}" twice: store the token alone, without "${scheme}"`;
  }
  return (
    !(token.test(scheme) && credentials.join("") !== "") &&
    'must be "<type> <credentials>", as bearer(token) or basic(user, password) build it'
  );
};

const HeaderText = text("the value", ...rules, convertedSecretRule);
const AuthorizationText = text("the value", ...rules, convertedSecretRule, authorizationRule);
/** Before it is encoded. @see RFC 7617, section 2 */
const BasicText = text("the value", controlRule, whitespaceRule);

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

/** Validates what variables contain, and the values that it becomes a part of. */
export function problemsOfSecrets(
  headers: Readonly<Record<string, HeaderValue>>,
  { values, contents }: ResolvedHeaders,
): string[] {
  return Object.entries(contents).flatMap(([name, content]) => {
    const secret = headers[name] as Secret;
    const Content = secret.encoding === "basic" ? BasicText : HeaderText;
    const issues =
      z.safeParse(Content, content).error?.issues ??
      z.safeParse(textOf(name), values[name]).error?.issues ??
      [];
    return issues.map(
      ({ message }) =>
        `headers[${JSON.stringify(name)}], with the environment variable ${secret.name}: ${message}`,
    );
  });
}

function textOf(header: string) {
  return header.toLowerCase() === "authorization" ? AuthorizationText : HeaderText;
}
