import { styleText } from "node:util";
import { formatTable } from "../../formats";
import { driftClasses, runbookUrl } from "../report/classes";
import type { DriftReport, StackReport } from "../report/schema";
import {
  abbreviate,
  className,
  describeCause,
  describeOrder,
  describeUpdate,
  formatAge,
  hasNamedAccounts,
  isUnverified,
  listAdvice,
  quoteName,
  stackTitle,
  summarize,
  summarizeStacks,
  unverifiedNote,
  urgentCauses,
  waitingClasses,
} from "../report/wording";

type Paint = (color: "green" | "yellow" | "red", text: string) => string;

/**
 * For people: what needs somebody now, what waits for an `up`, and a table of each stack.
 *
 * @param options `width` of the terminal in columns, unlimited by default
 */
export function formatText(
  report: DriftReport,
  { color = false, width = Number.POSITIVE_INFINITY } = {},
): string {
  const paint: Paint = (name, text) =>
    color ? styleText(name, text, { validateStream: false }) : text;
  const { stacks, warnings } = report;
  const hasUnverified = stacks.some(({ registrations }) => registrations.some(isUnverified));
  return [
    ...(stacks.length > 1 ? [summarizeStacks(report), ""] : []),
    ...stacks.flatMap((stack, index) => [
      ...(index > 0 ? [""] : []),
      ...stackLines(stack, paint, width),
    ]),
    ...warnings.flatMap((warning) => ["", `Warning: ${warning}.`]),
    ...(hasUnverified ? ["", unverifiedNote] : []),
    "",
  ].join("\n");
}

function stackLines(stack: StackReport, paint: Paint, width: number): string[] {
  const { registrations, update, error } = stack;
  const waiting = waitingClasses(stack);
  return [
    `${stackTitle(stack)}: ${summarize(stack)}`,
    ...(error === null ? [] : [`Runbook: ${runbookUrl("check failed")}`]),
    ...urgentLines(stack, paint),
    ...(waiting.length > 0 ? ["", "Waits for `pulumi up`:"] : []),
    ...waiting.map(
      ([name, all]) => `  ${name}: ${abbreviate(all.map(quoteName))} (${runbookUrl(name)})`,
    ),
    ...(update === null ? [] : [`To ${describeUpdate(stack)}:`, `  ${update}`]),
    ...listAdvice(stack).flatMap(({ advice, registrations: advised }) => [
      "",
      `To do for ${abbreviate(advised.map(quoteName))}:`,
      ...[`  ${advice}`, ...new Set(advised.map(({ runbook }) => `  ${runbook}`))],
    ]),
    ...(registrations.length > 0 ? ["", ...table(stack, paint, width)] : []),
  ];
}

function urgentLines(stack: StackReport, paint: Paint): string[] {
  const causes = urgentCauses(stack);
  if (causes.length === 0) return [];
  return [
    ...["", "Needs somebody now:"],
    ...[describeOrder(causes)].filter(Boolean),
    ...causes.flatMap((cause) => [
      "",
      ...describeCause(cause, paint(driftClasses[cause.class].color, cause.class)),
      ...(cause.command === undefined
        ? []
        : [`To repair only what is ${cause.class}:`, `  ${cause.command}`]),
      ...[cause.untouched].filter(Boolean),
      `Runbook: ${runbookUrl(cause.class)}`,
    ]),
  ];
}

function table(stack: StackReport, paint: Paint, width: number): string[] {
  const { registrations } = stack;
  const withAccounts = hasNamedAccounts(stack);
  const cells = registrations.map((registration) => [
    ...(withAccounts ? [JSON.stringify(registration.account ?? "")] : []),
    registration.region ?? "?",
    quoteName(registration),
    className(registration),
    registration.changed.join(", "),
    formatAge(registration),
    registration.evidence,
  ]);
  const header = [
    ...(withAccounts ? ["ACCOUNT"] : []),
    ...["REGION", "NAME", "CLASS", "CHANGED", "AGE", "EVIDENCE"],
  ];
  const paintCell = (cell: string, row: number, column: number) => {
    const driftClass = registrations[row]?.class;
    return header[column] === "CLASS" && driftClass !== undefined
      ? paint(driftClasses[driftClass].color, cell)
      : cell;
  };
  return formatTable(header, cells, { width, paint: paintCell });
}
