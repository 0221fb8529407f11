import "./resource/supported-versions";

export type { Region } from "./accounts/settings";
export { accountNames } from "./resource/account-names";
export { basic, bearer } from "./resource/authorization";
export { fromEnvironment, secretText } from "./resource/secret-text";
export { VccProvider } from "./resource/vcc-provider";
export type {
  AgentActionsPermitted,
  FromSettingsOptions,
  Permission,
  ProviderSettingsBody,
  VccProviderArgs,
  WitnessArgs,
} from "./resource/vcc-provider-args";
export type { HeaderValue, Secret } from "./secrets/secret";
export type { Operation, Permissions } from "./vcc/provider-settings";
export type { Witness, WitnessOptions } from "./witness/witness";
