import * as v from "valibot";

/** Parses a value, or says where its first problem is and what is expected. It quotes no value. */
export function parse<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): { output: v.InferOutput<Schema> } | { problem: string } {
  const { success, output, issues } = v.safeParse(schema, value, { message: messageOf });
  if (success) return { output };
  const [issue] = issues;
  const where = issue.path === undefined ? "The body is invalid" : v.getDotPath(issue);
  return { problem: `${where}: ${issue.message}` };
}

/** For an issue whose schema has no message of its own. valibot's messages quote the value. */
function messageOf({ type, expected }: v.BaseIssue<unknown>): string {
  if (expected === "never") return "unknown field";
  if (type === "strict_object" && expected !== "Object") return "is required";
  if (type === "non_empty") return "must not be empty";
  if (type === "safe_integer") return "expected a whole number";
  return `expected ${expected}`;
}

/** A JSON object. valibot's objects accept arrays, too. */
export const JsonObject = v.custom<object>(isObject, "expected an object");

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const wholeNumber = v.pipe(v.number(), v.safeInteger());
export const count = v.pipe(wholeNumber, v.minValue(0));
export const positiveCount = v.pipe(wholeNumber, v.minValue(1));

/** In milliseconds, up to the longest delay that timers support. */
export const delay = v.pipe(count, v.maxValue(2 ** 31 - 1));
