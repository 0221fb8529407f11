import { code, escapeHtml, tableRow } from "../../formats";
import { isGood, outcomes } from "../report/classes";
import type { DriftReport, ReportedRegistration, StackReport } from "../report/schema";
import {
  className,
  formatAge,
  isUnverified,
  listAdvice,
  pluralize,
  registrationName,
  stackTitle,
  summarize,
  summarizeStacks,
  unverifiedNote,
} from "../report/wording";

// A GitHub comment has at most 65,536 characters, some of which the workflow needs.
const maxTableCharacters = 30_000;
const maxRepairCharacters = 10_000;

interface Space {
  left: number;
}

/** A pull request comment: deviating registrations, and below them, collapsed, those in sync. */
export function formatMarkdown(report: DriftReport): string {
  const { stacks, warnings, outcome } = report;
  const space = { tables: { left: maxTableCharacters }, repairs: { left: maxRepairCharacters } };
  const hasUnverified = stacks.some(({ registrations }) => registrations.some(isUnverified));
  return [
    ...(stacks.length > 1 ? [`### ${outcomes[outcome].icon} VCC: ${summarizeStacks(report)}`] : []),
    ...stacks.flatMap((stack) => stackBlocks(stack, space)),
    ...warnings.map((warning) => `⚠️ ${escapeHtml(warning)}.`),
    ...(hasUnverified ? [unverifiedNote] : []),
    "",
  ].join("\n\n");
}

function stackBlocks(stack: StackReport, space: { tables: Space; repairs: Space }): string[] {
  const { registrations, repair, outcome } = stack;
  const deviating = registrations.filter((one) => !isGood(one.class));
  const inSync = registrations.filter((one) => isGood(one.class));
  return [
    `### ${outcomes[outcome].icon} VCC: ${escapeHtml(summarize(stack))}`,
    ...(stack.project === null ? [] : [`Stack ${code(stackTitle(stack))}`]),
    ...(deviating.length > 0 ? [table(deviating, space.tables)] : []),
    ...(repair === null ? [] : [`To repair:\n\n${codeBlock(repair, space.repairs)}`]),
    ...listAdvice(stack).map(
      ({ names, advice }) =>
        `To repair ${names.slice(0, 3).map(code).join(", ")}${names.length > 3 ? ", …" : ""}: ${escapeHtml(advice)}.`,
    ),
    ...(inSync.length > 0
      ? [
          `<details><summary>${pluralize(inSync.length, "registration")} in sync</summary>`,
          table(inSync, space.tables),
          "</details>",
        ]
      : []),
  ];
}

/** Shows as many rows as fit, and counts the rest. */
function table(registrations: ReportedRegistration[], space: Space): string {
  const withAccounts = registrations.some(({ account }) => account !== null);
  const rows = registrations.map((registration) =>
    tableRow([
      ...(withAccounts ? [registration.account === null ? "" : code(registration.account)] : []),
      code(registrationName(registration)),
      registration.region ?? "?",
      className(registration),
      registration.changed.map(code).join(", "),
      formatAge(registration),
      escapeHtml(registration.evidence),
    ]),
  );
  const shown = takeFitting(rows, space);
  const omitted = rows.length - shown.length;
  return [
    `${withAccounts ? "| account " : ""}| name | region | class | changed | age | evidence |`,
    `${withAccounts ? "| --- " : ""}| --- | --- | --- | --- | --- | --- |`,
    ...shown,
    ...(omitted === 0
      ? []
      : [`\n… and ${pluralize(omitted, "more registration")}; see the full report.`]),
  ].join("\n");
}

/** The fence is longer than any run of backticks inside it. */
function codeBlock(command: string, space: Space): string {
  if (takeFitting([command], space).length === 0) return "see the full report.";
  const runs = command.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${fence}sh`, command, fence].join("\n");
}

function takeFitting(lines: string[], space: Space): string[] {
  const end = lines.findIndex((line) => {
    space.left -= line.length + 1;
    return space.left < 0;
  });
  return end === -1 ? lines : lines.slice(0, end);
}
