import { type ClassifyOptions, classify, type DriftClass } from "./classes";
import type { InspectedRegistration, Inspection } from "./inspection";

/** The JSON form of the report; `version` changes when a reader has to. */
export interface DriftReport {
  version: 1;
  project: string;
  stack: string;
  /** When it was made: UTC, RFC 3339. */
  at: string;
  /** Whether a class that is to fail was found. */
  failed: boolean;
  registrations: ReportedRegistration[];
}

export interface ReportedRegistration {
  urn: string;
  resource: string;
  provider: string | null;
  region: string | null;
  class: DriftClass;
  /** Always false until something watches what VCC does: VCC cannot be asked. */
  verified: boolean;
  /** Properties that differ; of headers the names, never the values. */
  changed: string[];
  registeredAt: string | null;
  /** Whole seconds since `registeredAt`. */
  ageS: number | null;
  evidence: string;
  /** The command that repairs it, or nothing where nothing is to be done. */
  repair: string | null;
}

export interface ReportOptions extends ClassifyOptions {
  failOn: readonly DriftClass[];
}

export function createReport(
  { project, stack, registrations }: Inspection,
  options: ReportOptions,
): DriftReport {
  const reported = registrations.map((registration) => reportOn(registration, stack, options));
  return {
    version: 1,
    project,
    stack,
    at: new Date(options.nowMs).toISOString(),
    failed: reported.some((registration) => options.failOn.includes(registration.class)),
    registrations: reported,
  };
}

function reportOn(
  registration: InspectedRegistration,
  stack: string,
  options: ReportOptions,
): ReportedRegistration {
  const { urn, resource, provider, region, changed, registeredAt, drift } = registration;
  const driftClass = classify(registration, options);
  return {
    urn,
    resource,
    provider: provider ?? null,
    region: region ?? null,
    class: driftClass,
    verified: false,
    changed,
    registeredAt: registeredAt ?? null,
    ageS:
      registeredAt === undefined
        ? null
        : Math.floor((options.nowMs - Date.parse(registeredAt)) / 1000),
    evidence: evidenceOf(registeredAt, drift),
    repair: repairOf(driftClass, registration, stack),
  };
}

function evidenceOf(registeredAt: string | undefined, drift = "none"): string {
  if (drift !== "none") return drift;
  return registeredAt === undefined ? "declared only" : `registered ${registeredAt}`;
}

/** A plain `up` registers what the preview shows as changed; the rest has to be told. */
function repairOf(
  driftClass: DriftClass,
  { urn, operation }: InspectedRegistration,
  stack: string,
): string | null {
  if (driftClass === "in sync") return null;
  const up = `pulumi up --stack ${stack}`;
  return operation === "same" && driftClass === "stale" ? `${up} --replace '${urn}'` : up;
}
