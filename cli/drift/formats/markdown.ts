import type { DriftReport, ReportedRegistration } from "../report/report";
import {
  className,
  formatAge,
  isUnverified,
  listRepairs,
  pluralize,
  registrationName,
  reportTitle,
  summarize,
  unverifiedNote,
} from "../report/wording";

// A GitHub comment has at most 65,536 characters, some of which the workflow needs.
const maxTableCharacters = 30_000;
const maxRepairCharacters = 10_000;

/** A pull request comment: what is not as declared, and collapsed below it, what is. */
export function formatMarkdown(report: DriftReport): string {
  const { registrations, outcome } = report;
  const deviating = registrations.filter((one) => one.class !== "in sync");
  const inSync = registrations.filter((one) => one.class === "in sync");
  const space = { left: maxTableCharacters };
  const spaceForRepairs = { left: maxRepairCharacters };
  const repairs = listRepairs(report).map(({ command }) => command);
  return [
    `### ${outcome === "as declared" ? "✅" : "❌"} VCC: ${escapeHtml(summarize(report))}`,
    ...(outcome === "could not look" ? [] : [`Stack ${code(reportTitle(report))}`]),
    ...(deviating.length > 0 ? [table(deviating, space)] : []),
    ...(repairs.length > 0 ? [`To repair:\n\n${codeBlock(repairs, spaceForRepairs)}`] : []),
    ...(inSync.length > 0
      ? [
          `<details><summary>${pluralize(inSync.length, "registration")} in sync</summary>`,
          table(inSync, space),
          "</details>",
        ]
      : []),
    ...(registrations.some(isUnverified) ? [unverifiedNote] : []),
    "",
  ].join("\n\n");
}

/** As many rows as fit, and the number of those that do not. */
function table(registrations: ReportedRegistration[], space: { left: number }): string {
  const rows = registrations.map((registration) =>
    [
      "",
      code(registrationName(registration)),
      registration.region ?? "?",
      className(registration),
      registration.changed.map(code).join(", "),
      formatAge(registration),
      escapeHtml(registration.evidence),
      "",
    ]
      .join(" | ")
      .trim(),
  );
  const shown = takeFitting(rows, space);
  return [
    "| name | region | class | changed | age | evidence |",
    "| --- | --- | --- | --- | --- | --- |",
    ...shown,
    ...omitted(rows.length - shown.length, "registration"),
  ].join("\n");
}

/** The fence is longer than any run of backticks inside it. */
function codeBlock(commands: string[], space: { left: number }): string {
  const shown = takeFitting(commands, space);
  const fence = "`".repeat(
    Math.max(3, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length + 1))),
  );
  return [
    `${fence}sh`,
    ...shown,
    fence,
    ...omitted(commands.length - shown.length, "command"),
  ].join("\n");
}

function takeFitting(lines: string[], space: { left: number }): string[] {
  const end = lines.findIndex((line) => {
    space.left -= line.length + 1;
    return space.left < 0;
  });
  return end === -1 ? lines : lines.slice(0, end);
}

function omitted(count: number, noun: string): string[] {
  return count === 0 ? [] : [`\n… and ${pluralize(count, `more ${noun}`)}; see the full report.`];
}

/** Shows any text literally: no markup, no mention, no end of the table cell. */
function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

function escapeHtml(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  return line.replaceAll(/[&<>|@#*_`[\]\\~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
