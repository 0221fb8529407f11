import { appendFile } from "node:fs/promises";
import { formatMarkdown } from "./formats/markdown";
import type { DriftReport } from "./report";
import { sentenceOf } from "./wording";

/** A step shows no more errors than these; the job summary has all. */
const maxAnnotations = 10;

/**
 * Under GitHub Actions: the job's summary, annotations at the lines that declare what is not as
 * declared, and the step's outputs `drifted` and `count`. Of a look that failed there are no outputs:
 * no value of theirs would be true.
 *
 * Annotations go to standard error, where the runner reads them too: standard output may be a report.
 *
 * @returns a sentence for each file that could not be written
 */
export async function reportToGitHubActions(
  report: DriftReport,
  { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT }: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (GITHUB_ACTIONS !== "true") return [];
  for (const annotation of annotationsOf(report)) console.error(annotation);
  const { error, count } = report;
  const texts: Array<[string | undefined, string]> = [
    [GITHUB_STEP_SUMMARY, formatMarkdown(report)],
    [GITHUB_OUTPUT, error === null ? `drifted=${count > 0}\ncount=${count}\n` : ""],
  ];
  const problems: string[] = [];
  for (const [file, text] of texts) {
    if (!file) continue;
    await appendFile(file, text).catch(({ code }) => {
      problems.push(`cannot write ${file} (${code}), which GitHub Actions asks for`);
    });
  }
  return problems;
}

function annotationsOf({ error, registrations }: DriftReport): string[] {
  if (error !== null) return [command({ title: "VCC drift: could not look" }, error)];
  return registrations
    .filter(({ fails }) => fails)
    .slice(0, maxAnnotations)
    .map((registration) => {
      const { file, line, column } = registration.location;
      const title = `VCC drift: ${registration.class}`;
      return command({ file, line, col: column, title }, sentenceOf(registration));
    });
}

/** A workflow command as GitHub documents them; its escapes keep what is named from being another one. */
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
