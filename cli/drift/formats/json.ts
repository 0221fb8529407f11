import type { DriftReport } from "../report";

/** The report as it is; `schemas/drift-report-1.schema.json` describes it. */
export function formatJson(report: DriftReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
