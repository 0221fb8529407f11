import { z } from "zod";
import { isUnknown } from "./unknown";

/** Leaves alone what a preview cannot know yet, and checks everything else. */
export function orUnknown<Schema extends z.ZodType>(schema: Schema) {
  return z.unknown().transform((value, context): z.output<Schema> => {
    if (isUnknown(value)) return value as z.output<Schema>;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: undefined })));
    return z.NEVER;
  });
}

/** Text that keeps to rules; a rule returns the sentence that says how it is broken. */
export function text(noun: string, ...rules: Array<(value: string) => string | false>) {
  return z
    .string({ error: ({ input }) => `${noun} ${input == null ? "is missing" : "must be text"}` })
    .superRefine((value, context) => {
      for (const rule of rules) {
        const message = rule(value);
        if (message) context.addIssue({ code: "custom", message });
      }
    });
}
