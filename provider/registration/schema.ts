import { z } from "zod";
import { isPlainObject } from "../contract/plain-object";
import { isUnknown } from "../contract/unknown";

/** Passes unknown values through, as they occur in previews, and validates all others. */
export function orUnknown<Schema extends z.ZodType>(schema: Schema) {
  return z.unknown().transform((value, context): z.output<Schema> => {
    if (isUnknown(value)) return value as z.output<Schema>;
    return delegate(schema, value, context);
  });
}

/** Parses a value with another schema, whose issues become those of this one. */
export function delegate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context: z.core.ParsePayload,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: undefined })));
  return z.NEVER;
}

/** An object of names and values, unchanged. zod itself accepts inherited names, and drops `__proto__`. */
export function plainObject(error: z.core.$ZodErrorMap | string) {
  return z.custom<Record<string, unknown>>(isPlainObject, { error });
}

/** A string that satisfies all rules. A rule returns the message for a string that violates it. */
export function text(noun: string, ...rules: Array<(value: string) => string | false | undefined>) {
  return z
    .string({
      error: ({ input }) => `${noun} ${input == null ? "is missing" : "must be a string"}`,
    })
    .superRefine((value, context) => {
      for (const rule of rules) {
        const message = rule(value);
        if (message) context.addIssue({ code: "custom", message });
      }
    });
}
