import { appendFile } from "node:fs/promises";

/** GitHub shows at most ten errors per step; the job summary lists all. */
const maxAnnotations = 10;

/** What a command reports to GitHub Actions. */
export interface GitHubReport {
  /** Made by `annotation`. Those that GitHub does not show are dropped. */
  annotations: string[];
  /** Markdown. */
  summary: string;
  /** Lines of step outputs. @default none */
  outputs?: string;
}

/**
 * Under GitHub Actions: writes the job summary, the step outputs and the annotations. Annotations go to
 * standard error, which the runner reads too: standard output may be a report.
 *
 * @returns a message for each file that could not be written
 */
export async function writeToGitHubActions(
  report: () => GitHubReport,
  { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT }: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (GITHUB_ACTIONS !== "true") return [];
  const { annotations, summary, outputs = "" } = report();
  for (const line of annotations.slice(0, maxAnnotations)) console.error(line);
  const texts: Array<[string | undefined, string]> = [
    [GITHUB_STEP_SUMMARY, summary],
    [GITHUB_OUTPUT, outputs],
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

/** A workflow command, escaped so that no name can inject another one. */
export function annotation(
  properties: Record<string, string | number | undefined>,
  message: string,
): string {
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
