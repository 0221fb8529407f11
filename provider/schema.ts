import * as z from "zod/mini";
import { isLoopback } from "./loopback";
import { isPlainObject } from "./plain-object";
import { isUnknown } from "./pulumi-values";
import { suggestion } from "./suggestion";

// zod's own messages may quote the value, which may be a secret: every schema here has its own.

type Issues = z.core.ParsePayload["issues"];

/**
 * Parses a part of a value by another schema, and adds its problems.
 *
 * @param path of the part within the value
 */
export function parsePart<Schema extends z.ZodMiniType>(
  schema: Schema,
  part: unknown,
  issues: Issues,
  ...path: PropertyKey[]
): z.output<Schema> {
  const { data, error } = z.safeParse(schema, part);
  for (const issue of error?.issues ?? []) {
    issues.push(problem(issue.message, ...path, ...issue.path));
  }
  return data as z.output<Schema>;
}

/** An issue that contains no value. */
export function problem(message: string, ...path: PropertyKey[]): Issues[number] {
  return { code: "custom", message, path, input: undefined };
}

/** Passes unknown values through, as they occur in previews, and validates all others. */
export function orUnknown<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.pipe(
    z.unknown(),
    z.transform((value, { issues }): z.output<Schema> => {
      return isUnknown(value) ? (value as z.output<Schema>) : parsePart(schema, value, issues);
    }),
  );
}

/**
 * An object of names and values, unchanged.
 *
 * @param message of the problem with another value
 */
export function plainObject(message: (value: unknown) => string) {
  return z.custom<Record<string, unknown>>(isPlainObject, {
    error: ({ input }) => message(input),
    abort: true,
  });
}

/**
 * A plain object of these entries. A missing entry is parsed as `undefined`.
 *
 * @param noun what the messages call an unknown name
 */
export function strictEntries<const Entries extends Record<string, z.ZodMiniType>>(
  noun: string,
  entries: Entries,
  message: (value: unknown) => string,
) {
  const known = Object.keys(entries);
  return z.pipe(
    plainObject(message),
    z.transform((input, { issues }) => {
      const output: Record<string, unknown> = {};
      for (const [name, schema] of Object.entries(entries)) {
        const value = parsePart(schema, input[name], issues, name);
        if (Object.hasOwn(input, name)) output[name] = value;
      }
      for (const name of Object.keys(input)) {
        if (!known.includes(name)) {
          issues.push(problem(`${noun}; ${suggestion(name, known)}`, name));
        }
      }
      return output as { [Name in keyof Entries]?: z.output<Entries[Name]> };
    }),
  );
}

/** A string that satisfies all rules. A rule returns the message for a string that violates it. */
export function text(noun: string, ...rules: Array<(value: string) => string | false | undefined>) {
  return z
    .string({
      error: ({ input }) => `${noun} ${input == null ? "is missing" : "must be a string"}`,
    })
    .check(({ value, issues }) => {
      for (const rule of rules) {
        const message = rule(value);
        if (message) issues.push(problem(message));
      }
    });
}

/** An absolute URL, whose problems do not quote it. */
function absoluteUrl(problemOf: (url: string) => string | false) {
  return text(
    "the URL",
    problemOf,
    (url) =>
      /[\s\p{Cc}\\]/u.test(url) &&
      "the URL contains whitespace, a control character or a backslash",
    (url) =>
      /^[a-z]+:\/\/[^/?#]*@/i.test(url) &&
      "the URL contains credentials: put them into an Authorization header",
    (url) => url.includes("#") && "the URL has a fragment, which HTTP never sends",
  );
}

function isAbsolute(url: string, scheme: "https" | "http"): boolean {
  return new RegExp(`^${scheme}://[^/?#]`, "i").test(url) && URL.canParse(url);
}

export const Endpoint = absoluteUrl(
  (url) =>
    !isAbsolute(url, "https") &&
    (isAbsolute(url, "http")
      ? "must be an absolute https URL: serve it over https, for example behind a reverse proxy"
      : "must be an absolute https URL, like https://crm.example.com/vcc"),
);

export const WitnessUrl = absoluteUrl(
  (url) =>
    !isAbsolute(url, "https") &&
    !(isAbsolute(url, "http") && isLoopback(new URL(url).hostname)) &&
    "must be an absolute https URL (http is allowed for loopback only)",
);
