import type { SourceLocation } from "../inspection/source";
import type { DriftClass } from "./classes";

/** From the best to the worst. */
export const outcomes = ["as declared", "tolerated", "drift", "check failed"] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * The content of every format. The JSON format is this object unchanged. `version` changes with incompatible
 * changes only. `schemas/drift-report-2.schema.json` publishes it and describes each field.
 */
export interface DriftReport {
  version: 2;
  at: string;
  /** The worst outcome of a stack. */
  outcome: Outcome;
  /** How many registrations fail. */
  count: number;
  warnings: string[];
  stacks: StackReport[];
  /** What differs from an earlier report. Missing without one. */
  changes?: Change[];
}

export interface StackReport {
  organization: string | null;
  project: string | null;
  stack: string | null;
  outcome: Outcome;
  /** Why some or all registrations could not be checked. */
  error: string | null;
  count: number;
  /** The command that repairs all registrations that fail, as far as one can. */
  repair: string | null;
  /** By the name of the account; without named accounts, one entry without a name. */
  accounts: AccountCount[];
  registrations: ReportedRegistration[];
}

export interface AccountCount {
  /** `null`: the registrations without a named account. */
  account: string | null;
  registrations: number;
  /** How many of them fail. */
  count: number;
}

export interface ReportedRegistration {
  urn: string;
  resource: string;
  provider: string | null;
  region: string | null;
  /** The name of its account in the configuration; `null` without one. */
  account: string | null;
  class: DriftClass;
  /** Whether its class is one of `failOn`. */
  fails: boolean;
  /** Whether a witness has seen VCC use what was last registered, and nothing else since. */
  verified: boolean;
  changed: string[];
  ignored: string[];
  registeredAt: string | null;
  /** When a witness last saw it in use: of the witness's clock. */
  verifiedAt: string | null;
  /** Whole seconds since `registeredAt`. */
  ageS: number | null;
  evidence: string;
  repair: string | null;
  advice: string | null;
  location: SourceLocation | null;
}

/** What differs from an earlier report. */
export interface Change {
  /** `organization/project/stack`. */
  stack: string;
  /** `null` if the whole stack changed. */
  urn: string | null;
  /** The name at VCC; `null` for a stack. */
  provider: string | null;
  /** The class; for a stack, its outcome. `null` if the earlier report does not contain it. */
  before: string | null;
  /** `null` if it is gone. */
  after: string | null;
}
