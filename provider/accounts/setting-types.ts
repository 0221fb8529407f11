import * as z from "zod/mini";
import { parseDuration, problemOfReassertEvery } from "../duration";
import { ConfigurationError } from "../errors";
import { isLoopback } from "../loopback";
import { text } from "../schema";
import { suggestion } from "../suggestion";
import type { SettingSources } from "./setting-sources";
import {
  regions,
  type SettingDefinition,
  type SettingName,
  type SettingType,
  settings,
} from "./settings";

// A message is the rest of a sentence that begins with the name of the setting. It contains no value that may
// be secret.

function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  return z.enum(choices, {
    error: ({ input }) => `is ${JSON.stringify(input)}: ${suggestion(String(input), choices)}`,
  });
}

function matching(pattern: RegExp, message: string) {
  return text("the text", (value) => !pattern.test(value) && message);
}

/** Gets a text that neither begins nor ends with whitespace. */
export const types = {
  region: oneOf(regions),
  authentication: oneOf(["form", "basic"]),
  // It must fit into an HTTP header.
  credential: matching(/^[ -~]+$/, "contains a line break or a character that is not ASCII"),
  /** Without a slash at the end. */
  url: z.pipe(
    text("the URL", problemOfUrl),
    z.transform((url) => url.replace(/\/+$/, "")),
  ),
  count: z.pipe(
    matching(/^[1-9]\d{0,8}$/, "must be a whole number, 1 or more"),
    z.transform(Number),
  ),
  /** Milliseconds. */
  timeout: z.pipe(
    text(
      "the duration",
      (value) => Number.isNaN(parseTimeout(value)) && 'must be a duration like "90s", "5m" or "1h"',
    ),
    z.transform(parseTimeout),
  ),
  file: z.string(),
  /** The text itself: `lifecycle/reassert-window` derives a calendar window from it. */
  reassertEvery: text("the duration", problemOfReassertEvery),
} satisfies Record<SettingType, z.ZodMiniType<unknown, string>>;

function parseTimeout(value: string): number {
  return parseDuration(value, ["s", "m", "h"]);
}

/** It does not quote the URL, which may contain credentials. */
function problemOfUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return "is not an absolute URL";
  const { protocol, hostname, username, password, search, hash } = new URL(url);
  if (username !== "" || password !== "") return "must not contain credentials";
  if (search !== "" || hash !== "") return "must not have a query or a fragment";
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return "must use https (http is allowed for loopback only)";
}

type SettingValue<Name extends SettingName> = z.output<
  (typeof types)[(typeof settings)[Name]["type"]]
>;

/** A setting that is neither required nor has a default may be missing. */
type LoadedSettings<Name extends SettingName> = {
  [Key in Name]: (typeof settings)[Key] extends { default: string } | { required: string }
    ? SettingValue<Key>
    : SettingValue<Key> | undefined;
};

/** @throws ConfigurationError that names all problems */
export function loadSettings<Name extends SettingName>(
  sources: SettingSources,
  names: readonly Name[],
): LoadedSettings<Name> {
  const problems: string[] = [];
  const region = sources.read("region") ?? "";
  const entries = names.map((name) => {
    const definition: SettingDefinition = settings[name];
    const configured = sources.read(name);
    if (configured === undefined && definition.required !== undefined) {
      problems.push(`${sources.label(name)} is required: ${definition.required}`);
    }
    if (configured !== undefined && configured.trim() !== configured) {
      problems.push(`${sources.label(name)} begins or ends with whitespace`);
      return [name, undefined];
    }
    const text = configured ?? definition.default?.replace("<region>", region);
    if (text === undefined) return [name, undefined];
    const { data, error } = z.safeParse(types[definition.type] as z.ZodMiniType, text);
    // If the region is invalid, so is its default URL; do not report it twice.
    if (error !== undefined && configured !== undefined) {
      problems.push(`${sources.label(name)} ${error.issues[0]?.message}`);
    }
    return [name, data];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(entries) as LoadedSettings<Name>;
}
