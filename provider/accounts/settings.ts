import {
  oneOf,
  type Parser,
  parseBaseUrl,
  parseCredential,
  parsePositiveInteger,
  parseReassertEvery,
  parseText,
  parseTimeout,
} from "./setting-types";

/** A region of VCC. */
export type Region = "emea" | "nam" | "apac";

/** All regions of VCC. */
export const regions: readonly Region[] = ["emea", "nam", "apac"];

export interface SettingDefinition {
  environmentVariable: string;
  description: string;
  /** Gets a text that neither begins nor ends with whitespace. */
  parse: Parser<unknown>;
  /** As text. `<region>` stands for the region. @default none */
  default?: string;
  /** What to do if it is missing. @default it may be missing */
  required?: string;
  /** Whether the state encrypts it. @default false */
  secret?: boolean;
}

/** Every setting of an account. The key is the name in the configuration, after `vcc:`. */
export const settings = {
  region: {
    environmentVariable: "VCC_REGION",
    description: "The region of the account: `emea`, `nam` or `apac`.",
    parse: oneOf(regions),
    required: `set it to one of ${regions.join(", ")}`,
  },
  clientId: {
    environmentVariable: "VCC_CLIENT_ID",
    description: "The ID of an API client with the scope `interactions:write`.",
    parse: parseCredential,
  },
  clientSecret: {
    environmentVariable: "VCC_CLIENT_SECRET",
    description: "The secret of that client.",
    parse: parseCredential,
    secret: true,
  },
  accessToken: {
    environmentVariable: "VCC_ACCESS_TOKEN",
    description:
      "An access token with that scope, instead of client credentials. It is never renewed.",
    parse: parseCredential,
    secret: true,
  },
  apiUrl: {
    environmentVariable: "VCC_API_URL",
    description: "The Interactions API, without `/Register`.",
    parse: parseBaseUrl,
    default: "https://<region>.api.newvoicemedia.com/interactions",
  },
  authUrl: {
    environmentVariable: "VCC_AUTH_URL",
    description: "The token endpoint.",
    parse: parseBaseUrl,
    // The newer of the two documented domains. The API is documented on the older one only.
    default: "https://<region>.cc.vonage.com/Auth/connect/token",
  },
  clientAuthentication: {
    environmentVariable: "VCC_CLIENT_AUTHENTICATION",
    description: "How the client authenticates to the token endpoint: `form` or `basic`.",
    parse: oneOf(["form", "basic"]),
    default: "form",
  },
  maxConcurrency: {
    environmentVariable: "VCC_MAX_CONCURRENCY",
    description: "The number of concurrent connections.",
    parse: parsePositiveInteger,
    default: "4",
  },
  deadline: {
    environmentVariable: "VCC_DEADLINE",
    description: "The time limit for all attempts at one registration, including waits.",
    parse: parseTimeout,
    default: "5m",
  },
  caFile: {
    environmentVariable: "VCC_CA_FILE",
    description:
      "A PEM file of certificates to trust in addition to those of Node.js. A relative name is relative to `Pulumi.yaml`.",
    parse: parseText,
  },
  witnessToken: {
    environmentVariable: "VCC_WITNESS_TOKEN",
    description: "The token of the witnesses that `pulumi refresh` asks.",
    parse: parseCredential,
    secret: true,
  },
  reassertEvery: {
    environmentVariable: "VCC_REASSERT_EVERY",
    description: "The `reassertEvery` of registrations that do not set it.",
    parse: parseReassertEvery,
  },
} satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

export type SettingValue<Name extends SettingName> =
  (typeof settings)[Name]["parse"] extends Parser<infer Value> ? Value : never;
