import type * as pulumi from "@pulumi/pulumi";
import type { HeaderValue } from "../secrets/secret";

/** The actions that agents may perform on interactions of the provider. */
export interface AgentActionsPermitted {
  /**
   * End an interaction.
   * @default true
   */
  release?: pulumi.Input<Permission> | undefined;
  /**
   * Put a caller on hold, or park a non-live interaction, and retrieve it.
   * @default false
   */
  hold?: pulumi.Input<Permission> | undefined;
  /**
   * Transfer an interaction to an agent.
   * @default false
   */
  transferToAgent?: pulumi.Input<Permission> | undefined;
  /**
   * Transfer an interaction to a route.
   * @default false
   */
  transferToRoute?: pulumi.Input<Permission> | undefined;
}

/** A boolean, or the API's own 0 and 1. */
export type Permission = boolean | 0 | 1;

/**
 * The arguments of a `VccProvider`. Changing an argument registers again, unless its description says otherwise.
 */
export interface VccProviderArgs {
  /**
   * The name of an account in the configuration (`vcc:accounts`) or in `VCC_ACCOUNTS`. A change to an
   * account with another API client replaces the registration: it is registered there first, and then
   * reset in the former account. Do not configure two clients of one VCC account as two accounts. To rotate a
   * client, change it in place.
   * @default the default account (`vcc:region`, `vcc:clientId`, …)
   */
  account?: pulumi.Input<string> | undefined;
  /**
   * The registered name: not empty, no control characters, no whitespace at the beginning or end.
   * Changing it replaces the registration: the new name is registered, the old one reset.
   */
  provider: pulumi.Input<string>;
  /**
   * The URL that VCC notifies: absolute, `https`, without credentials or fragment.
   * @default none: VCC sends no notifications
   */
  endpoint?: pulumi.Input<string> | undefined;
  /**
   * The headers that VCC sends with each notification, name → value. The whole object is always
   * secret.
   * Names and values must be valid according to RFC 9110. Two names must not differ only by case.
   * Headers that VCC's HTTP client sets (`Host`, `Content-Length`, …) are not allowed.
   * `Authorization` must have the form `<type> <credentials>`, see `bearer` and `basic`. The API
   * allows headers without an endpoint: VCC then stores them, but never sends them. With `fromEnvironment`, the state
   * does not contain the value.
   * @default none
   */
  headers?: pulumi.Input<Record<string, pulumi.Input<HeaderValue>>> | undefined;
  /**
   * What agents may do. `{}` means the API's defaults. All four permissions are always sent.
   */
  agentActionsPermitted: pulumi.Input<AgentActionsPermitted>;
  /**
   * Registers again once per calendar window (UTC) of this length, which reverts changes by others. A whole number of hours, days or
   * weeks from "1h" to "365d". In a new window, the preview shows a change of `reassertWindow`, and
   * `up` registers again.
   * @default `vcc:reassertEvery` or `VCC_REASSERT_EVERY`, otherwise never
   */
  reassertEvery?: pulumi.Input<string> | undefined;
  /**
   * The receiver that reports which registration VCC uses. `true` stands for `/.well-known/vcc-registration` at
   * the origin of the endpoint. Otherwise, the URL of a receiver of `pulumi-vcc/receiver` (`https`, or `http` for
   * loopback). `pulumi refresh` asks it with `vcc:witnessToken` or `VCC_WITNESS_TOKEN`. VCC then also sends the header `X-Vcc-Registration`, a fingerprint of the
   * registration. Adding or removing a witness registers again; changing its URL does not. A receiver
   * serves one registration.
   * @default false
   */
  witness?: pulumi.Input<boolean | string | WitnessArgs> | undefined;
}

/** A witness with options. */
export interface WitnessArgs {
  /** @default `/.well-known/vcc-registration` at the origin of the endpoint */
  url?: pulumi.Input<string> | undefined;
  /**
   * Whether a refresh fails if the witness does not respond. If false, the registration is then unverified.
   * @default false
   */
  required?: pulumi.Input<boolean> | undefined;
}

/** The body of `POST /Register`, as in the API's documentation. */
export interface ProviderSettingsBody {
  /** As `provider` of `VccProviderArgs`. Changing it replaces the registration. */
  provider: pulumi.Input<string>;
  /**
   * As `endpoint` of `VccProviderArgs`.
   * @default none: VCC sends no notifications
   */
  endpoint?: pulumi.Input<string> | undefined;
  /**
   * As `headers` of `VccProviderArgs`. The type allows `undefined` values, because TypeScript infers them
   * from a JSON file with several bodies. `check` rejects them.
   * @default none
   */
  headers?: pulumi.Input<Record<string, pulumi.Input<HeaderValue> | undefined>> | undefined;
  /**
   * Operation → 0 or 1. The type allows any number, since TypeScript infers `number` for a JSON
   * file. If it is missing, as in some of the official examples, the API's defaults apply.
   * @default `{}`: only `release` is permitted
   */
  agentactionspermitted?:
    | pulumi.Input<{
        [Operation in keyof AgentActionsPermitted]: pulumi.Input<boolean | number> | undefined;
      }>
    | undefined;
}

/** Resource options, and the `account` and `witness` of `VccProviderArgs`. */
export interface FromSettingsOptions
  extends pulumi.CustomResourceOptions,
    Pick<VccProviderArgs, "account" | "witness"> {}
