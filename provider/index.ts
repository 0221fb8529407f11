import "./program/supported-versions";

export type { Operation, Permissions } from "./contract/permissions";
export type { Region } from "./contract/region";
export type { Witness, WitnessOptions } from "./contract/witness";
export { accountNames } from "./program/account-names";
export { basic, bearer } from "./program/authorization";
export { VccProvider } from "./program/vcc-provider";
export type {
  AgentActionsPermitted,
  FromSettingsOptions,
  Permission,
  ProviderSettingsBody,
  VccProviderArgs,
  WitnessArgs,
} from "./program/vcc-provider-args";
