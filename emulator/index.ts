export type { Behaviour, RateLimit } from "./behaviour";
export type { Controls } from "./controls";
export type { Emulator, EmulatorOptions } from "./emulator";
export { startEmulator } from "./emulator";
export type { RecordedRequest } from "./http/exchange";
export type { Fault, FaultRule } from "./http/fault";
export type { RecordedCallback } from "./vcc/callbacks";
export type { Endpoint } from "./vcc/endpoints";
export type { ProviderSettings } from "./vcc/provider-settings";
