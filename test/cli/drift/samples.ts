import type { InspectedRegistration } from "../../../cli/drift/inspection/registrations";
import { createReport, type DriftReport } from "../../../cli/drift/report/report";

export const nowMs = Date.parse("2026-11-22T12:00:00Z");

/** Registered two days ago and unchanged since. */
export const registration: InspectedRegistration = {
  urn: "urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm",
  resource: "crm",
  provider: "Crm",
  region: "emea",
  operation: "same",
  changed: [],
  registeredAt: "2026-11-20T12:00:00.000Z",
  location: { file: "index.ts", line: 6, column: 13 },
};

/** With a header that was rotated in the configuration. */
export const rotated: InspectedRegistration = {
  ...registration,
  operation: "update",
  changed: ["headers.Authorization"],
};

export function reportOf(
  registrations: InspectedRegistration[],
  options: Partial<Parameters<typeof createReport>[1]> = {},
): DriftReport {
  return createReport(
    { project: "project", stack: "dev", registrations },
    {
      nowMs,
      failOn: ["pending", "stale", "unregistered", "orphaned", "unknown"],
      ...options,
    },
  );
}
