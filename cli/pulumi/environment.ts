import { readFileSync } from "node:fs";
import { reportUnresolvedVariable } from "../../provider/secrets/resolve";

/**
 * The options of the CLI that change only how it connects, prints or traces. Any other `PULUMI_OPTION_`
 * variable could change which stack a command reads, or what it omits.
 */
const harmlessOptions = [
  "COLOR",
  "EMOJI",
  "LOGFLOW",
  "NON_INTERACTIVE",
  "OTEL_TRACES",
  "SUPPRESS_PERMALINK",
  "SUPPRESS_PROGRESS",
  "TRACING",
];

/** Variables that replace what a preview runs, or change how it compares. */
const ignoredVariables = [
  "PULUMI_CONTINUE_ON_ERROR",
  "PULUMI_DEBUG_LANGUAGES",
  "PULUMI_DEBUG_PROVIDERS",
  "PULUMI_DISABLE_OUTPUT_VALUES",
  "PULUMI_DISABLE_PROVIDER_PREVIEW",
  "PULUMI_DISABLE_REFRESH_BEFORE_UPDATE",
  "PULUMI_DISABLE_RESOURCE_REFERENCES",
  "PULUMI_DISABLE_VALIDATION",
  "PULUMI_ENABLE_LEGACY_DIFF",
  "PULUMI_ENABLE_LEGACY_REFRESH_DIFF",
  "PULUMI_EXPERIMENTAL",
  "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER",
  "PULUMI_LEGACY_PROVIDER_PREVIEW",
  "PULUMI_RUN_PROGRAM",
];

/**
 * Whether a variable could change what a preview shows. An empty one sets nothing.
 *
 * @see `pulumi about env`, which lists the variables that the CLI knows
 */
export function isIgnored(written: string, platform = process.platform): boolean {
  // Names are case-insensitive on Windows.
  const name = platform === "win32" ? written.toUpperCase() : written;
  if (!name.startsWith("PULUMI_OPTION_")) return ignoredVariables.includes(name);
  return !harmlessOptions.includes(name.slice("PULUMI_OPTION_".length));
}

/** The variables that are removed from every command. */
export function ignoredIn(environment: NodeJS.ProcessEnv, platform = process.platform): string[] {
  return Object.keys(environment)
    .filter((name) => environment[name] && isIgnored(name, platform))
    .sort();
}

/** The environment of the CLI's commands. */
export function pulumiEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !isIgnored(name));
  // A streaming preview has a different JSON format.
  return {
    ...Object.fromEntries(kept),
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false",
    [reportUnresolvedVariable]: "true",
  };
}

/** Names of variables with secret values. */
const secretName =
  /(SECRET|TOKEN|PASSWORD|PASSPHRASE|PASSWD|CREDENTIALS?|(API|ACCESS|PRIVATE|ACCOUNT|SIGNING)_?KEY|AUTHORIZATION)$/i;

/** The values of variables with such names, and the content of the passphrase file. */
export function secretsIn(environment: NodeJS.ProcessEnv): string[] {
  const values = Object.entries(environment).flatMap(([name, value]) =>
    value && secretName.test(name) ? [value] : [],
  );
  return [...values, ...readPassphrase(environment)];
}

function readPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: file }: NodeJS.ProcessEnv): string[] {
  try {
    return file ? [readFileSync(file, "utf8").trim()] : [];
  } catch {
    return [];
  }
}
