import type { Behavior } from "./behavior";
import type { FaultRule, PendingFault } from "./faults";
import type { RecordedRequest } from "./records";
import type { RecordedCallback } from "./vcc/callbacks";
import type { ProviderSettings } from "./vcc/provider-settings";
import type { WitnessReport } from "./witnesses";

/** What tests and the page can see and change while the emulator runs. */
export interface Controls {
  /** All registrations, exactly as their last bodies, in the order of first registration. */
  registrations(): ProviderSettings[];
  /** The last 1000 requests since the start or the last reset, in the order of their arrival. */
  requests(): RecordedRequest[];
  /** The last 1000 notifications sent to endpoints, in the order of sending. */
  callbacks(): RecordedCallback[];
  /** What the witnesses of the registrations say. Empty without a `witnessToken`. */
  witnesses(): Promise<WitnessReport[]>;
  /** The current switches. Assign to one to change it. */
  readonly behavior: Behavior;
  /**
   * Makes the next matching requests fail, after the rules that exist already.
   * @throws TypeError for an invalid rule
   */
  fail(rule: FaultRule): void;
  /** The rules that still apply, with their remaining times. */
  faults(): PendingFault[];
  /** Removes one rule. @returns whether it still applied */
  removeFault(id: number): boolean;
  /** Removes all rules. */
  clearFaults(): void;
  /** Invalidates all tokens issued so far. */
  revokeTokens(): void;
  /** Resolves when no callback is pending. */
  settled(): Promise<void>;
  /**
   * Forgets registrations (including the state file), interactions, requests, callbacks, faults and
   * tokens, and restores the initial behavior.
   */
  reset(): void;
}
