import type { Inspection } from "../../../cli/drift/inspection/inspect";
import type { InspectedRegistration } from "../../../cli/drift/inspection/registrations";
import { failing } from "../../../cli/drift/report/classes";
import { createReport } from "../../../cli/drift/report/create-report";
import type { DriftReport } from "../../../cli/drift/report/schema";

export const nowMs = Date.parse("2026-11-22T12:00:00Z");

/** Registered two days ago and unchanged since. */
export const registration: InspectedRegistration = {
  urn: "urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm",
  resource: "crm",
  provider: "Crm",
  region: "emea",
  operation: "same",
  changed: [],
  ignored: [],
  registeredAt: "2026-11-20T12:00:00.000Z",
  location: { file: "index.ts", line: 6, column: 13 },
};

/** With a header that was rotated in the configuration. */
export const rotated: InspectedRegistration = {
  ...registration,
  operation: "update",
  changed: ["headers.Authorization"],
};

type Options = Partial<Parameters<typeof createReport>[1]>;

export function reportOf(
  registrations: InspectedRegistration[],
  {
    directory = ".",
    canRunProgram = true,
    ...options
  }: Options & Partial<Pick<Inspection, "directory" | "canRunProgram">> = {},
): DriftReport {
  const inspection = { directory, project: "project", stack: "dev", registrations, canRunProgram };
  return createReport([inspection], { nowMs, failOn: failing, ...options });
}

/** Of a stack that could not be checked. */
export function errorReportOf(error: string): DriftReport {
  const inspection = { directory: ".", project: "project", stack: "dev", error, registrations: [] };
  return createReport([inspection], { nowMs, failOn: failing });
}
