export type { Behaviour, RateLimit } from "./behaviour";
export type { RecordedCallback } from "./callbacks";
export type { Emulator, EmulatorOptions } from "./emulator";
export { startEmulator } from "./emulator";
export type { RecordedRequest } from "./exchange";
export type { Fault, FaultRule } from "./faults";
export type { ProviderSettings } from "./provider-settings";
