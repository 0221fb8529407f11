export type { Behaviour, RateLimit } from "./behaviour";
export type { Emulator, EmulatorOptions } from "./emulator";
export { startEmulator } from "./emulator";
export type { RecordedRequest } from "./http/exchange";
export type { Fault, FaultRule } from "./http/faults";
export type { RecordedCallback } from "./vcc/callbacks";
export type { ProviderSettings } from "./vcc/provider-settings";
export type { WitnessReport } from "./witnesses";
