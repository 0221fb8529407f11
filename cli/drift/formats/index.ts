import type { DriftReport } from "../report/report";
import { formatJunit } from "./junit";
import { formatMarkdown } from "./markdown";
import { formatText } from "./text";

/** Each returns the full report, ending in a line feed. */
export const formats = {
  text: formatText,
  // Described by `schemas/drift-report-2.schema.json`.
  json: (report: DriftReport) => `${JSON.stringify(report, null, 2)}\n`,
  junit: formatJunit,
  markdown: formatMarkdown,
} satisfies Record<string, (report: DriftReport) => string>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];
