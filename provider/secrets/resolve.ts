import { basicCredentials, type HeaderValue, isSecret, type Secret } from "./secret";

/** Makes `check` say which variables it lacks, for `pulumi-vcc drift`. */
export const reportUnresolvedVariable = "PULUMI_VCC_REPORT_UNRESOLVED";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ResolvedHeaders {
  /** Header → value, without those that are unresolved. */
  values: Record<string, string>;
  /** Header → the variable that the environment lacks. */
  unresolved: Record<string, string>;
  /** Header → what its variable contains. */
  contents: Record<string, string>;
}

/** Reads the variables that headers refer to. Values that are strings stay as they are, also unknown ones. */
export function resolveHeaders(
  headers: Readonly<Record<string, HeaderValue>>,
  environment: Environment,
): ResolvedHeaders {
  const resolved: ResolvedHeaders = { values: {}, unresolved: {}, contents: {} };
  for (const [header, value] of Object.entries(headers)) {
    if (!isSecret(value)) {
      resolved.values[header] = value;
      continue;
    }
    const content = environment[value.name];
    // In CI, a secret that is not configured arrives as an empty text. `process.env` inherits functions.
    if (typeof content !== "string" || content === "") {
      resolved.unresolved[header] = value.name;
      continue;
    }
    resolved.values[header] = textOf(value, content);
    resolved.contents[header] = content;
  }
  return resolved;
}

function textOf({ prefix = "", suffix = "", encoding }: Secret, content: string): string {
  const text = `${prefix}${content}${suffix}`;
  return encoding === "basic" ? basicCredentials(text) : text;
}
