import { shellWord } from "../../shell-word";
import type { InspectedRegistration, Inspection } from "../inspection/registrations";
import type { SourceLocation } from "../inspection/source";
import { type ClassifyOptions, classify, type DriftClass } from "./classes";

/**
 * The content of every format, and as it is, the JSON format. `version` changes with incompatible
 * changes only. `schemas/drift-report-1.schema.json` publishes it and describes each field.
 */
export interface DriftReport {
  version: 1;
  at: string;
  outcome: "as declared" | "drift" | "could not look";
  /** Why nothing is known; null unless the outcome is "could not look". */
  error: string | null;
  project: string | null;
  stack: string | null;
  /** How many registrations fail. */
  count: number;
  registrations: ReportedRegistration[];
}

export interface ReportedRegistration {
  urn: string;
  resource: string;
  provider: string | null;
  region: string | null;
  class: DriftClass;
  /** Whether its class is one of `failOn`. */
  fails: boolean;
  /** Always false so far: VCC has no read. */
  verified: boolean;
  changed: string[];
  registeredAt: string | null;
  /** Whole seconds since `registeredAt`. */
  ageS: number | null;
  evidence: string;
  repair: string | null;
  location: SourceLocation;
}

export interface ReportOptions extends ClassifyOptions {
  failOn: readonly DriftClass[];
  /** Where to run the repair commands, if not in the current directory. */
  directory?: string | undefined;
}

export function createReport(
  { project, stack, registrations: inspected }: Inspection,
  options: ReportOptions,
): DriftReport {
  const registrations = inspected
    .map((registration) => reportRegistration(registration, stack, options))
    .sort(byUrgency);
  const count = registrations.filter(({ fails }) => fails).length;
  return {
    version: 1,
    at: new Date(options.nowMs).toISOString(),
    outcome: count > 0 ? "drift" : "as declared",
    error: null,
    project,
    stack,
    count,
    registrations,
  };
}

/** The report of a failed inspection. */
export function createErrorReport(error: string, nowMs: number): DriftReport {
  return {
    version: 1,
    at: new Date(nowMs).toISOString(),
    outcome: "could not look",
    error,
    project: null,
    stack: null,
    count: 0,
    registrations: [],
  };
}

const collator = new Intl.Collator("en", { numeric: true });

/** What fails comes first, what is in sync last; the engine's order is arbitrary. */
function byUrgency(a: ReportedRegistration, b: ReportedRegistration): number {
  const rank = (one: ReportedRegistration) => (one.fails ? 0 : one.class === "in sync" ? 2 : 1);
  const name = ({ region, provider, resource }: ReportedRegistration) =>
    `${region ?? ""}\0${provider ?? ""}\0${resource}`;
  return rank(a) - rank(b) || collator.compare(name(a), name(b));
}

function reportRegistration(
  registration: InspectedRegistration,
  stack: string,
  options: ReportOptions,
): ReportedRegistration {
  const { urn, resource, provider, region, changed, registeredAt, location } = registration;
  const driftClass = classify(registration, options);
  return {
    urn,
    resource,
    provider: provider ?? null,
    region: region ?? null,
    class: driftClass,
    fails: options.failOn.includes(driftClass),
    verified: false,
    changed,
    registeredAt: registeredAt ?? null,
    ageS:
      registeredAt === undefined
        ? null
        : // The clock that wrote it may be ahead of this one.
          Math.max(0, Math.floor((options.nowMs - Date.parse(registeredAt)) / 1000)),
    evidence: describeEvidence(registration),
    repair: repairCommand(driftClass, registration, stack, options),
    location,
  };
}

function describeEvidence(registration: InspectedRegistration): string {
  const { interrupted, operation, drift, registeredAt } = registration;
  if (interrupted !== undefined) {
    return `interrupted while ${interrupted}${operation === undefined ? ", no longer declared" : ""}`;
  }
  return drift ?? (registeredAt === undefined ? "declared only" : `registered ${registeredAt}`);
}

/**
 * A plain `up` registers what the preview shows as changed; anything else needs `--replace`. The engine
 * records an interrupted creation until `refresh` clears it.
 */
function repairCommand(
  driftClass: DriftClass,
  { urn, operation, interrupted }: InspectedRegistration,
  stack: string,
  { directory }: ReportOptions,
): string | null {
  if (driftClass === "in sync") return null;
  const cwd = directory === undefined ? "" : ` --cwd ${shellWord(directory)}`;
  const target = `${cwd} --stack ${shellWord(stack)}`;
  const replace = operation === "same" ? ` --replace ${shellWord(urn)}` : "";
  const commands = [
    ...(operation === undefined ? [] : [`pulumi up${target}${replace}`]),
    ...(interrupted === "creating" ? [`pulumi refresh${target} --clear-pending-creates`] : []),
  ];
  return commands.join(" && ") || null;
}
