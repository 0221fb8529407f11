import type { DriftReport, ReportedRegistration } from "../report";
import {
  ageOf,
  className,
  counted,
  isUnverified,
  nameOf,
  repairsOf,
  summaryOf,
  titleOf,
  unverifiedNote,
} from "../wording";

// A comment on GitHub has at most 65,536 characters, and a workflow has something to add.
const maxTableCharacters = 30_000;
const maxRepairCharacters = 10_000;

/** A comment for a pull request: what is not as declared, and folded in, what is. */
export function formatMarkdown(report: DriftReport): string {
  const { registrations, outcome } = report;
  const deviating = registrations.filter((one) => one.class !== "in sync");
  const inSync = registrations.filter((one) => one.class === "in sync");
  const space = { left: maxTableCharacters };
  const spaceForRepairs = { left: maxRepairCharacters };
  const repairs = repairsOf(report).map(({ command }) => command);
  return [
    `### ${outcome === "as declared" ? "✅" : "❌"} VCC: ${htmlOf(summaryOf(report))}`,
    ...(outcome === "could not look" ? [] : [`Stack ${code(titleOf(report))}`]),
    ...(deviating.length > 0 ? [table(deviating, space)] : []),
    ...(repairs.length > 0 ? [`To repair:\n\n${codeBlock(repairs, spaceForRepairs)}`] : []),
    ...(inSync.length > 0
      ? [
          `<details><summary>${counted(inSync.length, "registration")} in sync</summary>`,
          table(inSync, space),
          "</details>",
        ]
      : []),
    ...(registrations.some(isUnverified) ? [unverifiedNote] : []),
    "",
  ].join("\n\n");
}

/** As many rows as there is space for, and how many there is none for. */
function table(registrations: ReportedRegistration[], space: { left: number }): string {
  const rows = registrations.map((registration) =>
    [
      "",
      code(nameOf(registration)),
      registration.region ?? "?",
      className(registration),
      registration.changed.map(code).join(", "),
      ageOf(registration),
      htmlOf(registration.evidence),
      "",
    ]
      .join(" | ")
      .trim(),
  );
  const shown = fitting(rows, space);
  return [
    "| name | region | class | changed | age | evidence |",
    "| --- | --- | --- | --- | --- | --- |",
    ...shown,
    ...leftOut(rows.length - shown.length, "registration"),
  ].join("\n");
}

/** A fence longer than any run of backticks within it. */
function codeBlock(commands: string[], space: { left: number }): string {
  const shown = fitting(commands, space);
  const fence = "`".repeat(
    Math.max(3, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length + 1))),
  );
  return [
    `${fence}sh`,
    ...shown,
    fence,
    ...leftOut(commands.length - shown.length, "command"),
  ].join("\n");
}

function fitting(lines: string[], space: { left: number }): string[] {
  const end = lines.findIndex((line) => {
    space.left -= line.length + 1;
    return space.left < 0;
  });
  return end === -1 ? lines : lines.slice(0, end);
}

function leftOut(count: number, noun: string): string[] {
  return count === 0 ? [] : [`\n… and ${counted(count, `more ${noun}`)}: see the whole report.`];
}

/** Code that may hold anything: no markup, no mention, no end of the cell. */
function code(text: string): string {
  return `<code>${htmlOf(text)}</code>`;
}

function htmlOf(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  return line.replaceAll(/[&<>|@#*_`[\]\\~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
