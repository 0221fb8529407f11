import { annotation, writeToGitHubActions } from "../../github-actions";
import type { DriftReport } from "../report/schema";
import { describeRegistration, stackTitle } from "../report/wording";
import { formatMarkdown } from "./markdown";

/**
 * Under GitHub Actions: writes the job summary, the step outputs `drifted` and `count`, and annotations
 * at the lines that declare what fails. A failed inspection has no outputs, since neither is known.
 *
 * @returns a message for each file that could not be written
 */
export function reportToGitHubActions(
  report: DriftReport,
  environment: NodeJS.ProcessEnv,
): Promise<string[]> {
  const { outcome, count, changes } = report;
  const changed = changes === undefined ? "" : `changed=${changes.length > 0}\n`;
  return writeToGitHubActions(
    () => ({
      annotations: annotations(report),
      summary: formatMarkdown(report),
      outputs:
        outcome === "check failed" ? changed : `drifted=${count > 0}\ncount=${count}\n${changed}`,
    }),
    environment,
  );
}

function annotations({ stacks }: DriftReport): string[] {
  const errors = stacks
    .filter(({ error }) => error !== null)
    .map((stack) =>
      annotation({ title: `VCC drift: check failed: ${stackTitle(stack)}` }, stack.error ?? ""),
    );
  const failures = stacks
    .flatMap(({ registrations }) => registrations)
    .filter(({ fails }) => fails)
    .map((registration) => {
      const { file, line, column } = registration.location ?? {};
      const place = file === undefined ? {} : { file, line, col: column };
      const title = `VCC drift: ${registration.class}`;
      return annotation({ ...place, title }, describeRegistration(registration));
    });
  return [...errors, ...failures];
}
