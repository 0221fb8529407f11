import type { DriftReport } from "../report/report";

/** Described by `schemas/drift-report-2.schema.json`. */
export function formatJson(report: DriftReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
