import { code, escapeHtml, pluralize, tableRow } from "../../formats";
import { type DriftClass, isGood, outcomes, runbookUrl } from "../report/classes";
import type { DriftReport, ReportedRegistration, StackReport } from "../report/schema";
import {
  abbreviate,
  className,
  describeOrder,
  describeUpdate,
  describeUrgent,
  formatAge,
  isUnverified,
  listAdvice,
  maxDescribed,
  registrationName,
  stackTitle,
  summarize,
  summarizeStacks,
  unverifiedNote,
  urgentCauses,
  waitingClasses,
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
  const { registrations, update, outcome, error } = stack;
  const deviating = registrations.filter((one) => !isGood(one.class));
  const inSync = registrations.filter((one) => isGood(one.class));
  return [
    `### ${outcomes[outcome].icon} VCC: ${escapeHtml(summarize(stack))}`,
    ...(stack.project === null ? [] : [`Stack ${code(stackTitle(stack))}`]),
    ...(error === null ? [] : [`See ${linkTo("check failed")}.`]),
    ...urgentBlocks(stack, space),
    ...waitingBlocks(stack),
    ...(update === null
      ? []
      : [`To ${describeUpdate(stack)}:\n\n${codeBlock(update, space.repairs)}`]),
    ...listAdvice(stack).map(
      ({ registrations: advised, advice }) =>
        `To do for ${abbreviate(advised.map(codeName))}: ${escapeHtml(advice)}. See ${[...new Set(advised.map((one) => linkTo(one.class)))].join(" and ")}.`,
    ),
    ...(deviating.length > 0 ? [table(deviating, space.tables)] : []),
    ...(inSync.length > 0
      ? [
          `<details><summary>${pluralize(inSync.length, "registration")} in sync</summary>`,
          table(inSync, space.tables),
          "</details>",
        ]
      : []),
  ];
}

function urgentBlocks(stack: StackReport, space: { tables: Space; repairs: Space }): string[] {
  const causes = urgentCauses(stack);
  if (causes.length === 0) return [];
  return [
    `**Needs somebody now.** ${describeOrder(causes)}`.trimEnd(),
    ...causes.flatMap(({ class: name, registrations, command, untouched }) => {
      const lines = registrations.map(
        (one) => `- ${codeName(one)} is ${linkTo(name)}. ${escapeHtml(describeUrgent(one))}`,
      );
      const shown = takeFitting(lines.slice(0, maxDescribed), space.tables);
      const omitted = lines.length - shown.length;
      return [
        [...shown, ...(omitted > 0 ? [`- ${omitted} more are ${linkTo(name)}.`] : [])].join("\n"),
        ...(command === undefined
          ? []
          : [`To repair only what is ${name}:\n\n${codeBlock(command, space.repairs)}`]),
        ...[untouched].filter(Boolean),
      ];
    }),
  ];
}

function waitingBlocks(stack: StackReport): string[] {
  const lines = waitingClasses(stack).map(
    ([name, all]) => `- ${linkTo(name)}: ${abbreviate(all.map(codeName))}`,
  );
  return lines.length === 0 ? [] : [`Waits for \`pulumi up\`:\n\n${lines.join("\n")}`];
}

function codeName(registration: ReportedRegistration): string {
  return code(registrationName(registration));
}

function linkTo(name: DriftClass): string {
  return `[${name}](${runbookUrl(name)})`;
}

/** Shows as many rows as fit, and counts the rest. */
function table(registrations: ReportedRegistration[], space: Space): string {
  const withAccounts = registrations.some(({ account }) => account !== null);
  const rows = registrations.map((registration) =>
    tableRow([
      ...(withAccounts ? [registration.account === null ? "" : code(registration.account)] : []),
      codeName(registration),
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
