import type { ProviderSettings } from "../../emulator";
import type { Program } from "./program";
import type { Operation } from "./step";

/** Pulumi's engine, or a model of it, with the state of one stack. */
export interface Engine {
  run(operation: Operation, program: Program): Promise<Outcome>;
  state(): Promise<StateEntry[]>;
}

export interface Outcome {
  /** Why it failed. `undefined` if it succeeded. */
  error: string | undefined;
  /** Whether results may be missing in the state. */
  crashed: boolean;
  /** What the user saw. */
  output: string;
}

/** A registration in the state. */
export interface StateEntry {
  resource: string;
  /** Where it was registered. */
  place: string;
  /** The name of its account in the configuration. @default none */
  account: string | undefined;
  /** As pulumi-vcc names it in messages. */
  label: string;
  /** What VCC was sent last. */
  settings: ProviderSettings;
  /** Whether the state says that VCC may hold something else. */
  drifted: boolean;
  /** Replaced by another one, and still to be deleted. */
  replaced: boolean;
  /** Deleted, and still to be replaced by another one. */
  deleted: boolean;
  retainOnDelete: boolean;
}
