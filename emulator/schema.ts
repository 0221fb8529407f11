import * as z from "zod/mini";

/** A value that a caller or a client sent is invalid. */
export class InvalidInput extends TypeError {}

/**
 * @param path where the value stands, for messages
 * @throws InvalidInput with the place and the expectation of each problem, but no value
 */
export function parse<T>(schema: z.ZodMiniType<T>, value: unknown, path: string[] = []): T {
  const { success, data, error } = z.safeParse(schema, value, { error: messageOf });
  if (success) return data;
  const problems = error.issues.map((issue) => {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
    const place = z.core.toDotPath([...path, ...issue.path, ...unknown]);
    return `${place || "the body"}: ${issue.message}`;
  });
  throw new InvalidInput(problems.join("; "));
}

/** @throws InvalidInput, or srvx's error for a body that is too large */
export async function readJson(request: Request): Promise<unknown> {
  const text = (await request.text()).replace(/^\ufeff/, "");
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput("the body: must be JSON");
  }
}

const nouns: Record<string, string> = {
  array: "an array",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a string",
};

/** For schemas without a message of their own. */
function messageOf(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return "is required";
  switch (issue.code) {
    case "unrecognized_keys":
      return "unknown field";
    case "invalid_type":
      return `must be ${nouns[issue.expected]}`;
    case "invalid_value":
      return `must be ${issue.values.join(" or ")}`;
    case "invalid_union":
      return `must be ${(issue.options as string[]).join(" or ")}`;
    case "too_small":
      return issue.origin === "number" ? `must be at least ${issue.minimum}` : "must not be empty";
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return "is invalid";
  }
}

export const count = z.int().check(z.minimum(0));
export const positiveCount = z.int().check(z.minimum(1));
/** In milliseconds, up to the longest delay that timers support. */
export const delay = z.int().check(z.minimum(0), z.maximum(2 ** 31 - 1));
export const text = z.string().check(z.minLength(1));
export const jsonObject = z.record(z.string(), z.unknown());
