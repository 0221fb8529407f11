import type * as pulumi from "@pulumi/pulumi";

/** Which actions agents may perform on interactions of the provider. */
export interface AgentActionsPermitted {
  /**
   * End an interaction.
   * @default true
   */
  release?: pulumi.Input<Permission> | undefined;
  /**
   * Put a caller on hold, or park an interaction that is not live; enables retrieve.
   * @default false
   */
  hold?: pulumi.Input<Permission> | undefined;
  /**
   * Transfer to an agent.
   * @default false
   */
  transferToAgent?: pulumi.Input<Permission> | undefined;
  /**
   * Transfer to a route.
   * @default false
   */
  transferToRoute?: pulumi.Input<Permission> | undefined;
}

/** A boolean, or the API's own 0 and 1. */
export type Permission = boolean | 0 | 1;

export interface VccProviderArgs {
  /**
   * The registered name. Not empty, no blanks around it, no control characters.
   * Changing it replaces the registration: the new name is registered, the old one reset.
   */
  provider: pulumi.Input<string>;
  /**
   * Where VCC sends notifications: an absolute `https` URL without credentials or fragment.
   * @default none: VCC notifies nobody
   */
  endpoint?: pulumi.Input<string> | undefined;
  /**
   * The headers that VCC sends with each notification, name → value. Always secret as a whole.
   * Names and values as RFC 9110 has them, no two names that differ only by case, no headers that
   * frame the message (`Host`, `Content-Length`, …); `Authorization` is `<type> <credentials>`, see
   * `bearer` and `basic`. The API allows headers without an endpoint; VCC then holds
   * them and sends them nowhere.
   * @default none
   */
  headers?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * What agents may do; `{}` stands for the API's defaults. All four permissions are always sent.
   */
  agentActionsPermitted: pulumi.Input<AgentActionsPermitted>;
  /**
   * Register again once per calendar window of this length, since VCC does not tell what somebody
   * else overwrote: a whole number of hours, days or weeks from "1h" to "365d". In a new window the
   * preview shows `reassertWindow` changing, and `up` registers again. Windows are in UTC.
   * @default `vcc:reassertEvery` or `VCC_REASSERT_EVERY`, else never
   */
  reassertEvery?: pulumi.Input<string> | undefined;
}

/** The body of `POST /Register` as the API's documentation writes it. */
export interface ProviderSettingsBody {
  provider: pulumi.Input<string>;
  endpoint?: pulumi.Input<string> | undefined;
  headers?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Operation → 0 or 1. Any number passes here, as TypeScript makes numbers of a body that comes from
   * a JSON file. Left out, as in some of the official examples, it stands for the API's defaults.
   */
  agentactionspermitted?:
    | pulumi.Input<{ [Operation in keyof AgentActionsPermitted]: pulumi.Input<boolean | number> }>
    | undefined;
}
