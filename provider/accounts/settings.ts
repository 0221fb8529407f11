/** A region of VCC. */
export type Region = "emea" | "nam" | "apac";

/** All regions of VCC. */
export const regions: readonly Region[] = ["emea", "nam", "apac"];

export type SettingType =
  | "region"
  | "credential"
  | "url"
  | "authentication"
  | "count"
  | "timeout"
  | "file"
  | "reassertEvery";

export interface SettingDefinition {
  environmentVariable: string;
  description: string;
  /** What its text must be: see `setting-types`. */
  type: SettingType;
  /** As text. `<region>` stands for the region. @default none */
  default?: string;
  /** What to do if it is missing. @default it may be missing */
  required?: string;
  /** Whether the state encrypts it. @default false */
  secret?: boolean;
}

/**
 * Every setting of an account, as data alone: every program loads it. The key is the name in the configuration, after `vcc:`.
 */
export const settings = {
  region: {
    environmentVariable: "VCC_REGION",
    description: "The region of the account: `emea`, `nam` or `apac`.",
    type: "region",
    required: `set it to one of ${regions.join(", ")}`,
  },
  clientId: {
    environmentVariable: "VCC_CLIENT_ID",
    description: "The ID of an API client with the scope `interactions:write`.",
    type: "credential",
  },
  clientSecret: {
    environmentVariable: "VCC_CLIENT_SECRET",
    description: "The secret of that client.",
    type: "credential",
    secret: true,
  },
  accessToken: {
    environmentVariable: "VCC_ACCESS_TOKEN",
    description:
      "An access token with that scope, instead of client credentials. It is never renewed.",
    type: "credential",
    secret: true,
  },
  apiUrl: {
    environmentVariable: "VCC_API_URL",
    description: "The Interactions API, without `/Register`.",
    type: "url",
    default: "https://<region>.api.newvoicemedia.com/interactions",
  },
  authUrl: {
    environmentVariable: "VCC_AUTH_URL",
    description: "The token endpoint.",
    type: "url",
    // The newer of the two documented domains. The API is documented on the older one only.
    default: "https://<region>.cc.vonage.com/Auth/connect/token",
  },
  clientAuthentication: {
    environmentVariable: "VCC_CLIENT_AUTHENTICATION",
    description: "How the client authenticates to the token endpoint: `form` or `basic`.",
    type: "authentication",
    default: "form",
  },
  maxConcurrency: {
    environmentVariable: "VCC_MAX_CONCURRENCY",
    description: "The number of concurrent connections.",
    type: "count",
    default: "4",
  },
  deadline: {
    environmentVariable: "VCC_DEADLINE",
    description: "The time limit for all attempts at one registration, including waits.",
    type: "timeout",
    default: "5m",
  },
  caFile: {
    environmentVariable: "VCC_CA_FILE",
    description:
      "A PEM file of certificates to trust in addition to those of Node.js. A relative name is relative to `Pulumi.yaml`.",
    type: "file",
  },
  witnessToken: {
    environmentVariable: "VCC_WITNESS_TOKEN",
    description: "The token of the witnesses that `pulumi refresh` asks.",
    type: "credential",
    secret: true,
  },
  reassertEvery: {
    environmentVariable: "VCC_REASSERT_EVERY",
    description: "The `reassertEvery` of registrations that do not set it.",
    type: "reassertEvery",
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];
