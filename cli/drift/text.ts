import type { DriftClass } from "./classes";
import type { DriftReport, ReportedRegistration } from "./report";

const colours: Record<DriftClass, number> = {
  "in sync": 32,
  pending: 33,
  stale: 33,
  unregistered: 33,
  orphaned: 33,
  unknown: 31,
};

/** The report as a table for people. */
export function formatText(
  { project, stack, registrations }: DriftReport,
  { colour }: { colour: boolean },
): string {
  const paint = (text: string, driftClass: DriftClass) =>
    colour ? `\u001b[${colours[driftClass]}m${text}\u001b[0m` : text;
  const rows = registrations.map((registration) => [
    registration.region ?? "?",
    JSON.stringify(registration.provider ?? "?"),
    className(registration),
    registration.changed.join(", "),
    registration.evidence,
  ]);
  const header = ["REGION", "NAME", "CLASS", "CHANGED", "EVIDENCE"];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[], paintCell = (cell: string, _column: number) => cell) =>
    cells
      .map((cell, column) => paintCell(cell.padEnd(widths[column] ?? 0), column))
      .join("  ")
      .trimEnd();
  const table = rows.map((row, index) => {
    const driftClass = registrations[index]?.class ?? "unknown";
    return line(row, (cell, column) => (column === 2 ? paint(cell, driftClass) : cell));
  });
  const repairs = registrations.flatMap(({ provider, repair }) =>
    repair === null ? [] : [`  ${JSON.stringify(provider ?? "?")}: ${repair}`],
  );
  return [
    `${project}/${stack}: ${registrations.length} ${registrations.length === 1 ? "registration" : "registrations"}`,
    "",
    line(header),
    ...table,
    ...(repairs.length > 0 ? ["", "To repair:", ...repairs] : []),
    ...(registrations.some(isUnverified)
      ? ["", "Unverified: VCC has no read, so nobody has seen what it holds."]
      : []),
    "",
  ].join("\n");
}

/** In sync without evidence is never called just that. */
export function className(registration: ReportedRegistration): string {
  return isUnverified(registration) ? `${registration.class} (unverified)` : registration.class;
}

function isUnverified(registration: ReportedRegistration): boolean {
  return registration.class === "in sync" && !registration.verified;
}
