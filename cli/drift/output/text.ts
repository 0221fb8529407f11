import { styleText } from "node:util";
import { formatTable } from "../../formats";
import { driftClasses } from "../report/classes";
import type { DriftReport, StackReport } from "../report/schema";
import {
  className,
  formatAge,
  hasNamedAccounts,
  isUnverified,
  listAdvice,
  registrationName,
  repairedNames,
  stackTitle,
  summarize,
  summarizeStacks,
  unverifiedNote,
} from "../report/wording";

type Paint = (color: "green" | "yellow" | "red", text: string) => string;

/** A table for each stack, for people. */
export function formatText(report: DriftReport, { color = false } = {}): string {
  const paint: Paint = (name, text) =>
    color ? styleText(name, text, { validateStream: false }) : text;
  const { stacks, warnings } = report;
  const hasUnverified = stacks.some(({ registrations }) => registrations.some(isUnverified));
  return [
    ...(stacks.length > 1 ? [summarizeStacks(report), ""] : []),
    ...stacks.flatMap((stack, index) => [...(index > 0 ? [""] : []), ...stackLines(stack, paint)]),
    ...warnings.flatMap((warning) => ["", `Warning: ${warning}.`]),
    ...(hasUnverified ? ["", unverifiedNote] : []),
    "",
  ].join("\n");
}

function stackLines(stack: StackReport, paint: Paint): string[] {
  const { registrations, repair } = stack;
  const advice = listAdvice(stack).map((one) => [one.names, one.advice] as const);
  const remedies = repair === null ? advice : [[repairedNames(stack), repair] as const, ...advice];
  return [
    `${stackTitle(stack)}: ${summarize(stack)}`,
    ...(registrations.length > 0 ? ["", ...table(stack, paint)] : []),
    ...remedies.flatMap(([names, remedy]) => [
      "",
      `To repair ${quoteNames(names)}:`,
      `  ${remedy}`,
    ]),
  ];
}

function table(stack: StackReport, paint: Paint): string[] {
  const { registrations } = stack;
  const withAccounts = hasNamedAccounts(stack);
  const cells = registrations.map((registration) => [
    ...(withAccounts ? [JSON.stringify(registration.account ?? "")] : []),
    registration.region ?? "?",
    JSON.stringify(registrationName(registration)),
    className(registration),
    registration.changed.join(", "),
    formatAge(registration),
    registration.evidence,
  ]);
  const header = [
    ...(withAccounts ? ["ACCOUNT"] : []),
    ...["REGION", "NAME", "CLASS", "CHANGED", "AGE", "EVIDENCE"],
  ];
  return formatTable(header, cells, (cell, row, column) => {
    const driftClass = registrations[row]?.class;
    return header[column] === "CLASS" && driftClass !== undefined
      ? paint(driftClasses[driftClass].color, cell)
      : cell;
  });
}

function quoteNames(names: string[]): string {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
