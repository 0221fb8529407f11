import { formatJson } from "../../formats";
import { print, replaceFile, terminalWidth } from "../../output";
import { runInShell } from "../../shell";
import type { DriftReport } from "../report/schema";
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

export interface Output {
  format: FormatName;
  /** @default standard output */
  file?: string;
}

/**
 * Writes a report to each output. Files are replaced atomically.
 *
 * @returns a message for each output that could not be written
 */
export async function writeOutputs(report: DriftReport, outputs: Output[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { format, file } of outputs) {
    const written =
      file === undefined
        ? print(formats[format](report, { color: usesColor(), width: terminalWidth() }))
        : replaceFile(file, formats[format](report));
    await written.catch(({ code }) => {
      problems.push(`cannot write ${file ?? "standard output"} (${code}); choose another --output`);
    });
  }
  return problems;
}

/** `hasColors` lets `FORCE_COLOR` override `NO_COLOR`; here `NO_COLOR` wins. */
function usesColor(): boolean {
  return !process.env.NO_COLOR && process.stdout.hasColors?.() === true;
}

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
