import * as pulumi from "@pulumi/pulumi";
import { accountObjectKey } from "../contract/account-object";
import type { Region } from "../contract/region";
import { type SettingName, settingNames, settings } from "../contract/settings";
import { suggestion } from "../contract/suggestion";
import { isOfType } from "./resource-type";
import { requireSerializableRecord, serializable, whenResolved } from "./serializable";

/**
 * The settings of one account. A change of `region` replaces the account's registrations, a change of
 * `clientId` or `apiUrl` registers them again, and a change of another setting sends nothing.
 */
export interface VccAccountArgs {
  /** The region of the account. A change replaces the account's registrations. */
  region: pulumi.Input<Region>;
  /**
   * The ID of an API client with the scope `interactions:write`.
   * @default `VCC_CLIENT_ID`
   */
  clientId?: pulumi.Input<string> | undefined;
  /**
   * The secret of that client. The state encrypts it.
   * @default `VCC_CLIENT_SECRET`
   */
  clientSecret?: pulumi.Input<string> | undefined;
  /**
   * An access token with that scope, instead of client credentials. It is never renewed. The state
   * encrypts it.
   * @default `VCC_ACCESS_TOKEN`
   */
  accessToken?: pulumi.Input<string> | undefined;
  /**
   * The Interactions API, without `/Register`. `https`, or `http` for loopback.
   * @default `VCC_API_URL`, otherwise `https://<region>.api.newvoicemedia.com/interactions`
   */
  apiUrl?: pulumi.Input<string> | undefined;
  /**
   * The token endpoint. `https`, or `http` for loopback.
   * @default `VCC_AUTH_URL`, otherwise `https://<region>.cc.vonage.com/Auth/connect/token`
   */
  authUrl?: pulumi.Input<string> | undefined;
  /**
   * The number of concurrent connections; at least 1.
   * @default `VCC_MAX_CONCURRENCY`, otherwise 4
   */
  maxConcurrency?: pulumi.Input<number> | undefined;
  /**
   * How the client authenticates to the token endpoint: in the form, or with HTTP Basic.
   * @default `VCC_CLIENT_AUTHENTICATION`, otherwise "form"
   */
  clientAuthentication?: pulumi.Input<"form" | "basic"> | undefined;
  /**
   * The time limit for all attempts at one registration, including waits: "90s", "5m" or "1h".
   * @default `VCC_DEADLINE`, otherwise "5m"
   */
  deadline?: pulumi.Input<string> | undefined;
  /**
   * A PEM file of certificates to trust in addition to those of Node.js, relative to the directory
   * of the program.
   * @default `VCC_CA_FILE`
   */
  caFile?: pulumi.Input<string> | undefined;
  /**
   * The token of the witnesses of this account's registrations. The state encrypts it.
   * @default `VCC_WITNESS_TOKEN`
   */
  witnessToken?: pulumi.Input<string> | undefined;
  /**
   * The `reassertEvery` of registrations that do not set it: "1h" to "365d".
   * @default `VCC_REASSERT_EVERY`, otherwise never
   */
  reassertEvery?: pulumi.Input<string> | undefined;
}

/**
 * A VCC account whose credentials the program computes, or reads from another resource. Otherwise name
 * the account in the configuration (the argument `account` of `VccProvider`): Pulumi starts a process
 * for each `VccAccount`.
 *
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import { VccAccount, VccProvider } from "pulumi-vcc";
 *
 * const config = new pulumi.Config();
 * const americas = new VccAccount("americas", {
 *   region: "nam",
 *   clientId: config.require("americasClientId"),
 *   clientSecret: config.requireSecret("americasClientSecret"),
 * });
 *
 * new VccProvider(
 *   "crm",
 *   { provider: "CrmIntegration", agentActionsPermitted: { release: true } },
 *   { provider: americas },
 * );
 */
export class VccAccount extends pulumi.ProviderResource {
  /**
   * Whether a value is an explicit provider of dynamic resources, made by this copy of the package or by
   * another.
   */
  static override isInstance(value: unknown): value is VccAccount {
    return isOfType(value, "pulumi:providers:pulumi-nodejs");
  }

  /**
   * @param name the name of the account in Pulumi
   * @throws RunError for an unknown argument, or one that Pulumi would drop
   */
  constructor(name: string, args: VccAccountArgs, options?: pulumi.ResourceOptions) {
    const path = (setting: string) => `VccAccount "${name}": ${setting}`;
    requireSerializableRecord(path("the arguments"), args);
    const unknown = Object.keys(args).find((key) => !Object.hasOwn(settings, key));
    if (unknown !== undefined) {
      throw new pulumi.RunError(
        `${path(unknown)}: unknown argument; ${suggestion(unknown, settingNames)}`,
      );
    }
    const configuration = settingNames.map((setting) => [
      `vcc:${setting}`,
      toConfiguration(path(setting), args[setting], "secret" in settings[setting]),
    ]);
    super(
      "pulumi-nodejs",
      name,
      { ...Object.fromEntries(configuration), [accountObjectKey]: name },
      options,
    );
  }
}

/** The engine accepts only strings as configuration of a provider. */
function toConfiguration(path: string, value: VccAccountArgs[SettingName], secret: boolean) {
  if (value === undefined) return undefined;
  const text = whenResolved(serializable(path, value), (resolved) => {
    if (resolved === undefined || typeof resolved === "string") return resolved;
    if (typeof resolved === "number") return String(resolved);
    throw new pulumi.RunError(`${path}: must be a string or a number`);
  });
  return secret ? pulumi.secret(text) : text;
}
