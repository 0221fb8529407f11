export { basic, bearer } from "./authorization";
export type { Region } from "./region";
export type { VccAccountArgs } from "./vcc-account";
export { VccAccount } from "./vcc-account";
export { VccProvider } from "./vcc-provider";
export type {
  AgentActionsPermitted,
  Permission,
  ProviderSettingsBody,
  VccProviderArgs,
} from "./vcc-provider-args";
