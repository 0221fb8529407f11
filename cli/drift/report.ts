import { shellWord } from "../shell-word";
import { type ClassifyOptions, classify, type DriftClass } from "./classes";
import type { CouldNotLookError } from "./could-not-look";
import type { InspectedRegistration, Inspection } from "./inspection";
import type { SourceLocation } from "./source";

/**
 * What all formats say, each in its way; as it is, the JSON format. `version` changes when a reader has
 * to. Published as `schemas/drift-report-1.schema.json`, which says what each field means.
 */
export interface DriftReport {
  version: 1;
  at: string;
  outcome: "as declared" | "drift" | "could not look";
  /** Why nothing can be said; only then is there an outcome without registrations. */
  error: string | null;
  project: string | null;
  stack: string | null;
  /** How many registrations are of a class that is to fail. */
  count: number;
  registrations: ReportedRegistration[];
}

export interface ReportedRegistration {
  urn: string;
  resource: string;
  provider: string | null;
  region: string | null;
  class: DriftClass;
  /** Whether its class is one that is to fail. */
  fails: boolean;
  /** Always false until something watches what VCC does: VCC cannot be asked. */
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
  /** Where the command that repairs has to run, if not here. */
  directory?: string | undefined;
}

export function createReport(inspection: Inspection, options: ReportOptions): DriftReport {
  const { project, stack } = inspection;
  const registrations = inspection.registrations
    .map((registration) => reportOn(registration, stack, options))
    .sort(inOrderOfInterest);
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

/** The report of a look that failed: it says nothing of any registration. */
export function createErrorReport(
  { message }: CouldNotLookError,
  { nowMs }: ClassifyOptions,
): DriftReport {
  return {
    version: 1,
    at: new Date(nowMs).toISOString(),
    outcome: "could not look",
    error: message,
    project: null,
    stack: null,
    count: 0,
    registrations: [],
  };
}

const collator = new Intl.Collator("en", { numeric: true });

/** What is to be acted upon comes first; the engine has no order. */
function inOrderOfInterest(a: ReportedRegistration, b: ReportedRegistration): number {
  const interest = ({ fails, class: driftClass }: ReportedRegistration) =>
    fails ? 0 : driftClass === "in sync" ? 2 : 1;
  const place = ({ region, provider, resource }: ReportedRegistration) =>
    `${region ?? ""}\0${provider ?? ""}\0${resource}`;
  return interest(a) - interest(b) || collator.compare(place(a), place(b));
}

function reportOn(
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
    evidence: evidenceOf(registration),
    repair: repairOf(driftClass, registration, stack, options),
    location,
  };
}

function evidenceOf({
  interrupted,
  operation,
  drift = "none",
  registeredAt,
}: InspectedRegistration): string {
  if (interrupted !== undefined) {
    const declared = operation === undefined ? ", and the program no longer declares it" : "";
    return `${interrupted} was interrupted${declared}`;
  }
  if (drift !== "none") return drift;
  return registeredAt === undefined ? "declared only" : `registered ${registeredAt}`;
}

/**
 * A plain `up` registers what the preview shows as changed; the rest has to be told. Of an interrupted
 * creation the engine keeps a note until it is told to forget it.
 */
function repairOf(
  driftClass: DriftClass,
  { urn, operation, interrupted }: InspectedRegistration,
  stack: string,
  { directory }: ReportOptions,
): string | null {
  if (driftClass === "in sync") return null;
  const place = [
    ...(directory === undefined ? [] : [`--cwd ${shellWord(directory)}`]),
    `--stack ${shellWord(stack)}`,
  ].join(" ");
  const again = operation === "same" ? ` --replace ${shellWord(urn)}` : "";
  const up = operation === undefined ? [] : [`pulumi up ${place}${again}`];
  const forget = `pulumi refresh ${place} --clear-pending-creates`;
  return [...up, ...(interrupted === "creating" ? [forget] : [])].join(" && ") || null;
}
