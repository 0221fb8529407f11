import { isIgnored } from "../../cli/pulumi/environment";

/**
 * Every variable that the CLI documents, and that its commands still get, with a value that changes
 * what it can; `undefined` for those that say where a stack is, and with which secrets. A new one
 * belongs here, or to what `cli/pulumi/environment` removes.
 */
export const kept: Record<string, string | undefined> = {
  PULUMI_ACCESS_TOKEN: undefined,
  PULUMI_AI_SERVICE_ENDPOINT: "http://127.0.0.1:9",
  PULUMI_API: undefined,
  PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
  PULUMI_BACKEND_URL: undefined,
  PULUMI_DEBUG_COMMANDS: "true",
  PULUMI_DEBUG_GRPC: undefined,
  PULUMI_DEV: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_DISABLE_JOURNALING: "true",
  PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  PULUMI_DISABLE_SECRET_CACHE: "true",
  PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  PULUMI_DIY_BACKEND_GZIP: undefined,
  PULUMI_DIY_BACKEND_IGNORE_DEPRECATION_WARNING: "true",
  PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "true",
  PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "true",
  PULUMI_DIY_BACKEND_PARALLEL: "1",
  PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS: "true",
  PULUMI_DIY_BACKEND_ZSTD: undefined,
  PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
  PULUMI_ERROR_ON_DEPENDENCY_CYCLES: "true",
  PULUMI_ERROR_OUTPUT_STRING: "true",
  PULUMI_GITSSH_PASSPHRASE: "passphrase",
  PULUMI_GOROUTINE_PANIC_RECOVERY: "true",
  PULUMI_HOME: undefined,
  PULUMI_IGNORE_AMBIENT_PLUGINS: undefined,
  PULUMI_JOURNALING_BATCH_PERIOD: "1",
  PULUMI_JOURNALING_BATCH_SIZE: "1",
  PULUMI_LOG_ROTATION_MAX_AGE_DAYS: "1",
  PULUMI_LOG_ROTATION_MAX_TOTAL_MB: "1",
  PULUMI_NEO: "false",
  PULUMI_NEO_SUMMARY_MAXLEN: "20",
  PULUMI_NEO_SUMMARY_MODEL: "gpt-4o",
  PULUMI_PACKAGE_TEMPLATE_BRANCH: "x",
  PULUMI_PACKAGE_TEMPLATE_GIT_REPOSITORY: "x",
  PULUMI_PACKAGE_TEMPLATE_PATH: "x",
  PULUMI_PARALLEL: "1",
  PULUMI_PARALLEL_ANALYZE: "1",
  PULUMI_PARALLEL_DIFF: "true",
  PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES: "",
  PULUMI_POLICY_TEMPLATE_BRANCH: "x",
  PULUMI_POLICY_TEMPLATE_GIT_REPOSITORY: "x",
  PULUMI_POLICY_TEMPLATE_PATH: "x",
  PULUMI_SKIP_CHECKPOINTS: "true",
  PULUMI_SKIP_CONFIRMATIONS: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_SUPPRESS_NEO_LINK: "true",
  PULUMI_TEMPLATE_BRANCH: "x",
  PULUMI_TEMPLATE_GIT_REPOSITORY: "x",
  PULUMI_TEMPLATE_PATH: "x",
  PULUMI_OPTION_COLOR: "always",
  PULUMI_OPTION_EMOJI: "true",
  PULUMI_OPTION_LOGFLOW: "true",
  PULUMI_OPTION_NON_INTERACTIVE: "false",
  PULUMI_OPTION_OTEL_TRACES: undefined,
  PULUMI_OPTION_SUPPRESS_PERMALINK: "true",
  PULUMI_OPTION_SUPPRESS_PROGRESS: "true",
  PULUMI_OPTION_TRACING: undefined,
};

/** Those that the CLI reads without documenting them. */
const undocumented = [
  "PULUMI_DISABLE_REFRESH_BEFORE_UPDATE",
  "PULUMI_LEGACY_PROVIDER_PREVIEW",
  "PULUMI_DEBUG_PROVIDERS",
  "PULUMI_DEBUG_LANGUAGES",
];

/**
 * Every variable with a value that would change what a command without protection reads, or how it prints.
 *
 * @param documented the names that `pulumi about env` lists
 */
export function hostileEnvironment(documented: readonly string[]): Record<string, string> {
  const ignored = [...documented, ...undocumented].filter((name) => isIgnored(name));
  const effective = Object.entries(kept).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(ignored.map((name) => [name, "true"])),
    PULUMI_OPTION_TARGET: "urn:pulumi:dev::project::x::y",
    PULUMI_OPTION_EXCLUDE: "**",
    PULUMI_OPTION_CONFIG_FILE: "/dev/null",
    PULUMI_OPTION_CONFIG: "callbackToken=former",
    PULUMI_OPTION_CWD: "/",
    PULUMI_OPTION_STACK: "other",
    ...Object.fromEntries(effective),
  };
}
