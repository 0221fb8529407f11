import type { DriftReport } from "../report/report";
import { formatJson } from "./json";
import { formatJunit } from "./junit";
import { formatMarkdown } from "./markdown";
import { formatText } from "./text";

/** Each returns the full report, ending in a line feed. */
export const formats = {
  text: formatText,
  json: formatJson,
  junit: formatJunit,
  markdown: formatMarkdown,
} satisfies Record<string, (report: DriftReport) => string>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];
