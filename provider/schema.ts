import * as v from "valibot";
import { isLoopback } from "./loopback";
import { isPlainObject } from "./plain-object";
import { isUnknown } from "./pulumi-values";
import { suggestion } from "./suggestion";

// valibot's own messages quote the value, which may be a secret: every schema here has its own.

/** Passes unknown values through, as they occur in previews, and validates all others. */
export function orUnknown<Schema extends v.GenericSchema>(schema: Schema) {
  return v.lazy((value) => (isUnknown(value) ? v.any() : schema));
}

/** An object of names and values, unchanged. */
export function plainObject(message: v.ErrorMessage<v.CustomIssue>) {
  return v.custom<Record<string, unknown>>(isPlainObject, message);
}

/**
 * A plain object of these entries. A missing entry is parsed as `undefined`. All problems are
 * reported: valibot's `strictObject` stops at the first unknown name.
 *
 * @param noun what the messages call an unknown name
 */
export function strictEntries<const Entries extends v.ObjectEntries>(
  noun: string,
  entries: Entries,
  message: v.ErrorMessage<v.CustomIssue>,
) {
  const known = Object.keys(entries);
  return v.pipe(
    plainObject(message),
    v.rawTransform(
      ({
        dataset: { value: input },
        addIssue,
      }): v.InferOutput<v.ObjectSchema<Entries, undefined>> => {
        const report = (name: string, message: string, deeper: Path = []) =>
          addIssue({ message, path: [pathItem(name), ...deeper] });
        const output: Record<string, unknown> = {};
        for (const [name, schema] of Object.entries(entries)) {
          const parsed = v.safeParse(schema, input[name]);
          for (const { message, path } of parsed.issues ?? []) report(name, message, path);
          if (Object.hasOwn(input, name)) output[name] = parsed.output;
        }
        for (const name of Object.keys(input)) {
          if (!known.includes(name)) report(name, `${noun}; ${suggestion(name, known)}`);
        }
        return output as v.InferOutput<v.ObjectSchema<Entries, undefined>>;
      },
    ),
  );
}

type Path = v.IssuePathItem[];

/** Names an entry that has a problem, without its value and those beside it. */
export function pathItem(key: string): v.IssuePathItem {
  return { type: "object", origin: "value", input: {}, key, value: undefined };
}

/** A string that satisfies all rules. A rule returns the message for a string that violates it. */
export function text(noun: string, ...rules: Array<(value: string) => string | false | undefined>) {
  return v.pipe(
    v.string(({ input }) => `${noun} ${input == null ? "is missing" : "must be a string"}`),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const rule of rules) {
        const message = rule(dataset.value);
        if (message) addIssue({ message });
      }
    }),
  );
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
    !isAbsolute(url, "https") && "must be an absolute https URL, like https://crm.example.com/vcc",
);

export const WitnessUrl = absoluteUrl(
  (url) =>
    !isAbsolute(url, "https") &&
    !(isAbsolute(url, "http") && isLoopback(new URL(url).hostname)) &&
    "must be an absolute https URL (http is allowed for loopback only)",
);
