export type { Emulator, EmulatorOptions, RecordedRequest } from "./emulator";
export { startEmulator } from "./emulator";
export type { ProviderSettings } from "./provider-settings";
