import {
  type SettingDefinition,
  type SettingName,
  type SettingValue,
  settings,
} from "../contract/settings";
import { ConfigurationError } from "../errors";

/** Where the settings of one account come from. */
export interface SettingSources {
  /** The text of a setting. An empty text counts as missing: an unset secret in CI arrives as one. */
  read(name: SettingName): string | undefined;
  /** How messages name a setting: every place where it can be set. */
  label(name: SettingName): string;
  /** What a message about half a client adds. @default nothing */
  incompleteClientHint?(missing: "clientId" | "clientSecret"): string;
}

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
    const parsed = definition.parse(text);
    if ("value" in parsed) return [name, parsed.value];
    // If the region is invalid, so is its default URL; do not report it twice.
    if (configured !== undefined) problems.push(`${sources.label(name)} ${parsed.problem}`);
    return [name, undefined];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(entries) as LoadedSettings<Name>;
}
