import { styleText } from "node:util";
import type { DriftClass } from "../report/classes";
import type { DriftReport } from "../report/report";
import {
  className,
  formatAge,
  isUnverified,
  listRepairs,
  registrationName,
  reportTitle,
  summarize,
  unverifiedNote,
} from "../report/wording";

type Colour = Parameters<typeof styleText>[0];

const colours: Record<DriftClass, Colour> = {
  "in sync": "green",
  pending: "yellow",
  stale: "yellow",
  unregistered: "yellow",
  orphaned: "yellow",
  unknown: "red",
};

/** A table, for people. */
export function formatText(report: DriftReport, { colour = false } = {}): string {
  const paint = (style: Colour, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const { registrations } = report;
  const cells = registrations.map((registration) => [
    registration.region ?? "?",
    JSON.stringify(registrationName(registration)),
    className(registration),
    registration.changed.join(", "),
    formatAge(registration),
    registration.evidence,
  ]);
  const header = ["REGION", "NAME", "CLASS", "CHANGED", "AGE", "EVIDENCE"];
  const widths = header.map((title, column) =>
    cells.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), title.length),
  );
  const line = (row: string[], style?: Colour) =>
    row
      .map((cell, column) => {
        const padded = cell.padEnd(widths[column] ?? 0);
        return column === 2 && style !== undefined ? paint(style, padded) : padded;
      })
      .join("  ")
      .trimEnd();
  const table = cells.map((row, index) => {
    const driftClass = registrations[index]?.class;
    return line(row, driftClass && colours[driftClass]);
  });
  const repairs = listRepairs(report).flatMap(({ command, names }) => [
    "",
    `To repair ${quoteNames(names)}:`,
    `  ${command}`,
  ]);
  return [
    `${reportTitle(report)}: ${summarize(report)}`,
    ...(table.length > 0 ? ["", line(header), ...table] : []),
    ...repairs,
    ...(registrations.some(isUnverified) ? ["", unverifiedNote] : []),
    "",
  ].join("\n");
}

function quoteNames(names: string[]): string {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
