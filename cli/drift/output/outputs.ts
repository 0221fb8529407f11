import { formatJson } from "../../formats";
import type { Format } from "../../report-outputs";
import { runInShell } from "../../shell";
import type { DriftReport } from "../report/schema";
import { formatJunit } from "./junit";
import { formatMarkdown } from "./markdown";
import { formatText } from "./text";

export const formats = {
  text: formatText,
  json: formatJson,
  junit: formatJunit,
  markdown: formatMarkdown,
} satisfies Record<string, Format<DriftReport>>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

/**
 * Runs a command in a shell if a class has changed, with the report as Markdown on its standard input.
 *
 * @returns a message if it failed
 */
export async function notify(report: DriftReport, command: string): Promise<string[]> {
  if (!report.changes?.length) return [];
  const code = await runInShell(command, { input: formatMarkdown(report) });
  return code === 0 ? [] : [`the --notify-command failed (exit code ${code})`];
}
