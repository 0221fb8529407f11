import { z } from "zod";
import { orUnknown, text } from "./schema";

/** RFC 9110, sections 5.5 (values) and 5.6.2 (tokens). */
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

const HeaderValue = text(
  "the value",
  (value) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 9110 excludes
    /[\x00-\x08\x0a-\x1f\x7f]/.test(value) &&
    "the value holds a line break or another control character",
  (value) => /[^\0-\xff]/u.test(value) && "the value holds characters that no HTTP header can",
  (value) => /^[ \t]|[ \t]$/.test(value) && "the value has blanks around it",
);

const AuthorizationValue = HeaderValue.superRefine((value, context) => {
  const [scheme = "", ...credentials] = value.split(" ");
  if (token.test(scheme) && credentials.join("") !== "") return;
  context.addIssue({
    code: "custom",
    message: 'must be "<type> <credentials>", which bearer(token) and basic(user, password) build',
  });
});

/** Header names and values that VCC can send; problems show no value. */
export const Headers = z
  .record(z.string(), z.unknown(), { error: "must be an object of header names and values" })
  .transform((headers, context) => {
    const spellings = new Map<string, string>();
    for (const [name, value] of Object.entries(headers)) {
      const problem = (message: string) =>
        context.addIssue({ code: "custom", path: [name], message });
      const lowerCase = name.toLowerCase();
      const twin = spellings.get(lowerCase);
      spellings.set(lowerCase, name);
      if (!token.test(name)) problem("this is no header name (RFC 9110)");
      if (framingHeaders.has(lowerCase)) problem("VCC's own HTTP client sets this header");
      if (twin !== undefined) problem(`differs from ${JSON.stringify(twin)} only by case`);
      const Value = lowerCase === "authorization" ? AuthorizationValue : HeaderValue;
      for (const { message } of orUnknown(Value).safeParse(value).error?.issues ?? []) {
        problem(message);
      }
    }
    return headers as Record<string, string>;
  });
