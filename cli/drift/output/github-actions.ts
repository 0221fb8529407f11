import { appendFile } from "node:fs/promises";
import { formatMarkdown } from "../formats/markdown";
import type { DriftReport } from "../report/report";
import { describeRegistration } from "../report/wording";

/** GitHub shows no more errors of one step; the job summary lists all. */
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
  const { error, count } = report;
  const texts: Array<[string | undefined, string]> = [
    [GITHUB_STEP_SUMMARY, formatMarkdown(report)],
    [GITHUB_OUTPUT, error === null ? `drifted=${count > 0}\ncount=${count}\n` : ""],
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

function annotations({ error, registrations }: DriftReport): string[] {
  if (error !== null) return [command({ title: "VCC drift: could not look" }, error)];
  return registrations
    .filter(({ fails }) => fails)
    .slice(0, maxAnnotations)
    .map((registration) => {
      const { file, line, column } = registration.location;
      const title = `VCC drift: ${registration.class}`;
      return command({ file, line, col: column, title }, describeRegistration(registration));
    });
}

/** A workflow command, escaped so that no name can inject another one. */
function command(properties: Record<string, string | number>, message: string): string {
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
