import {
  type SettingDefinition,
  type SettingName,
  type SettingValue,
  settings,
} from "../contract/settings";
import { ConfigurationError } from "../errors";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings come from. The configuration takes precedence. */
export interface SettingSources {
  /**
   * The stack's configuration, or the arguments of a `VccAccount`. Keys have the form `vcc:region`.
   */
  configuration(key: string): string | undefined;
  environment: Environment;
}

/** The text of a setting. An empty text counts as missing: an unset secret in CI arrives as one. */
export function readSetting(sources: SettingSources, name: SettingName): string | undefined {
  return (
    sources.configuration(`vcc:${name}`) ||
    sources.environment[settings[name].environmentVariable] ||
    undefined
  );
}

/** How messages name a setting: both places where it can be set. */
export function settingLabel(name: SettingName): string {
  return `vcc:${name} (or ${settings[name].environmentVariable})`;
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
  const region = readSetting(sources, "region") ?? "";
  const entries = names.map((name) => {
    const definition: SettingDefinition = settings[name];
    const configured = readSetting(sources, name);
    if (configured === undefined && definition.required !== undefined) {
      problems.push(`${settingLabel(name)} is required: ${definition.required}`);
    }
    if (configured !== undefined && configured.trim() !== configured) {
      problems.push(`${settingLabel(name)} begins or ends with whitespace`);
      return [name, undefined];
    }
    const text = configured ?? definition.default?.replace("<region>", region);
    if (text === undefined) return [name, undefined];
    const parsed = definition.parse(text);
    if ("value" in parsed) return [name, parsed.value];
    // The default URL for an invalid region is not another problem.
    if (configured !== undefined) problems.push(`${settingLabel(name)} ${parsed.problem}`);
    return [name, undefined];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(entries) as LoadedSettings<Name>;
}
