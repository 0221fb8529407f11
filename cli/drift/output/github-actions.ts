import { appendFile } from "node:fs/promises";
import type { DriftReport } from "../report/schema";
import { describeRegistration, stackTitle } from "../report/wording";
import { formatMarkdown } from "./markdown";

/** GitHub shows at most ten errors per step; the job summary lists all. */
const maxAnnotations = 10;

/**
 * Under GitHub Actions: writes the job summary, the step outputs `drifted` and `count`, and annotations
 * at the lines that declare what fails. A failed inspection has no outputs, since neither is known.
 *
 * Annotations go to standard error, which the runner reads too: standard output may be a report.
 *
 * @returns a message for each file that could not be written
 */
export async function reportToGitHubActions(
  report: DriftReport,
  { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT }: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (GITHUB_ACTIONS !== "true") return [];
  for (const annotation of annotations(report)) console.error(annotation);
  const { outcome, count, changes } = report;
  const changed = changes === undefined ? "" : `changed=${changes.length > 0}\n`;
  const texts: Array<[string | undefined, string]> = [
    [GITHUB_STEP_SUMMARY, formatMarkdown(report)],
    [
      GITHUB_OUTPUT,
      outcome === "check failed" ? changed : `drifted=${count > 0}\ncount=${count}\n${changed}`,
    ],
  ];
  const problems: string[] = [];
  for (const [file, text] of texts) {
    if (!file) continue;
    await appendFile(file, text).catch(({ code }) => {
      problems.push(`cannot write ${file} (${code}) for GitHub Actions`);
    });
  }
  return problems;
}

function annotations({ stacks }: DriftReport): string[] {
  const errors = stacks
    .filter(({ error }) => error !== null)
    .map((stack) =>
      command({ title: `VCC drift: check failed: ${stackTitle(stack)}` }, stack.error ?? ""),
    );
  const failures = stacks
    .flatMap(({ registrations }) => registrations)
    .filter(({ fails }) => fails)
    .map((registration) => {
      const { file, line, column } = registration.location ?? {};
      const place = file === undefined ? {} : { file, line, col: column };
      const title = `VCC drift: ${registration.class}`;
      return command({ ...place, title }, describeRegistration(registration));
    });
  return [...errors, ...failures].slice(0, maxAnnotations);
}

/** A workflow command, escaped so that no name can inject another one. */
function command(properties: Record<string, string | number | undefined>, message: string): string {
  const list = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeData(String(value)).replaceAll(/[:,]/g, percentEncode)}`,
  );
  return `::error ${list.join(",")}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll(/[%\r\n]/g, percentEncode);
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
