export type { Region } from "./contract/region";
export { basic, bearer } from "./program/authorization";
export type { VccAccountArgs } from "./program/vcc-account";
export { VccAccount } from "./program/vcc-account";
export { VccProvider } from "./program/vcc-provider";
export type {
  AgentActionsPermitted,
  Permission,
  ProviderSettingsBody,
  VccProviderArgs,
} from "./program/vcc-provider-args";
