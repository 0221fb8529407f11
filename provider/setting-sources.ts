/** Setting → environment variable that stands in for it. The only place that knows the environment. */
const environmentVariables = {
  region: "VCC_REGION",
  clientId: "VCC_CLIENT_ID",
  clientSecret: "VCC_CLIENT_SECRET",
  accessToken: "VCC_ACCESS_TOKEN",
  apiUrl: "VCC_API_URL",
  authUrl: "VCC_AUTH_URL",
  clientAuthentication: "VCC_CLIENT_AUTHENTICATION",
  maxConcurrency: "VCC_MAX_CONCURRENCY",
  deadline: "VCC_DEADLINE",
  caFile: "VCC_CA_FILE",
  reassertEvery: "VCC_REASSERT_EVERY",
} as const;
export type Setting = keyof typeof environmentVariables;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings come from, the first that has one wins. */
export interface SettingSources {
  /** The stack's configuration, or the arguments of a `VccAccount`; keys as in `vcc:region`. */
  configuration(key: string): string | undefined;
  environment: Environment;
}

/** An empty value is no value: an unset secret in CI arrives as one. */
export function read(sources: SettingSources, setting: Setting): string | undefined {
  return (
    sources.configuration(`vcc:${setting}`) ||
    sources.environment[environmentVariables[setting]] ||
    undefined
  );
}

export function nameOf(setting: Setting): string {
  return `vcc:${setting} (or ${environmentVariables[setting]})`;
}
