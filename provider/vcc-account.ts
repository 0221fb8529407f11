import * as pulumi from "@pulumi/pulumi";
import type { Region } from "./region";

export interface VccAccountArgs {
  /** Where the account lives. A registration belongs to its region: changing it replaces. */
  region: pulumi.Input<Region>;
  /**
   * The id of the API client.
   * @default `VCC_CLIENT_ID`
   */
  clientId?: pulumi.Input<string> | undefined;
  /**
   * The secret of the API client; encrypted in the state.
   * @default `VCC_CLIENT_SECRET`
   */
  clientSecret?: pulumi.Input<string> | undefined;
  /**
   * A token of your own with the scope `interactions:write`, instead of id and secret; encrypted in
   * the state. It is used as it is and never renewed.
   * @default `VCC_ACCESS_TOKEN`
   */
  accessToken?: pulumi.Input<string> | undefined;
  /**
   * The Interactions API, without `/Register`. `https`, or `http` on loopback.
   * @default `VCC_API_URL`, else `https://<region>.api.newvoicemedia.com/interactions`
   */
  apiUrl?: pulumi.Input<string> | undefined;
  /**
   * The token endpoint. `https`, or `http` on loopback.
   * @default `VCC_AUTH_URL`, else `https://<region>.cc.vonage.com/Auth/connect/token`
   */
  authUrl?: pulumi.Input<string> | undefined;
  /**
   * How many connections this account's requests may use at once; at least 1.
   * @default `VCC_MAX_CONCURRENCY`, else 4
   */
  maxConcurrency?: pulumi.Input<number> | undefined;
  /**
   * How id and secret reach the token endpoint: in the form, or as HTTP Basic.
   * @default `VCC_CLIENT_AUTHENTICATION`, else "form"
   */
  clientAuthentication?: pulumi.Input<"form" | "basic"> | undefined;
  /**
   * How long all attempts at one registration may take, waits included: like "90s", "5m" or "1h".
   * @default `VCC_DEADLINE`, else "5m"
   */
  deadline?: pulumi.Input<string> | undefined;
  /**
   * A file of certificates in PEM that are trusted beside those that Node.js trusts; relative to the
   * program's directory.
   * @default `VCC_CA_FILE`
   */
  caFile?: pulumi.Input<string> | undefined;
  /**
   * How often to repeat this account's registrations that do not say it themselves: "1h" to "365d".
   * @default `VCC_REASSERT_EVERY`, else never
   */
  reassertEvery?: pulumi.Input<string> | undefined;
}

/**
 * One VCC account, for programs that register in more than one. Without it, registrations use the
 * stack's `vcc:` configuration and the `VCC_` environment variables.
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
  constructor(name: string, args: VccAccountArgs, options?: pulumi.ResourceOptions) {
    const { clientSecret, accessToken, maxConcurrency } = args;
    super(
      "pulumi-nodejs",
      name,
      {
        "vcc:region": args.region,
        "vcc:clientId": args.clientId,
        "vcc:clientSecret": clientSecret && pulumi.secret(clientSecret),
        "vcc:accessToken": accessToken && pulumi.secret(accessToken),
        "vcc:apiUrl": args.apiUrl,
        "vcc:authUrl": args.authUrl,
        // The engine passes a provider's configuration on as text.
        "vcc:maxConcurrency":
          maxConcurrency === undefined ? undefined : pulumi.interpolate`${maxConcurrency}`,
        "vcc:clientAuthentication": args.clientAuthentication,
        "vcc:deadline": args.deadline,
        "vcc:caFile": args.caFile,
        "vcc:reassertEvery": args.reassertEvery,
      },
      options,
    );
  }
}
