// The parts of every report: JSON, tables and Markdown.

/** @returns undefined if the text is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Indented, for files and standard output. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Aligned columns, for a terminal. @param paint colors a padded cell */
export function formatTable(
  header: string[],
  rows: string[][],
  paint: (cell: string, row: number, column: number) => string = (cell) => cell,
): string[] {
  const widths = header.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), title.length),
  );
  const pad = (cell: string, column: number) => cell.padEnd(widths[column] ?? 0);
  return [
    header.map(pad).join("  ").trimEnd(),
    ...rows.map((cells, row) =>
      cells
        .map((cell, column) => paint(pad(cell, column), row, column))
        .join("  ")
        .trimEnd(),
    ),
  ];
}

const collator = new Intl.Collator("en", { numeric: true });

/** Orders rows by their names, one after the other. A missing name comes first. */
export function compareNames(
  a: ReadonlyArray<string | null>,
  b: ReadonlyArray<string | null>,
): number {
  const orders = a.map((name, index) => collator.compare(name ?? "", b[index] ?? ""));
  return orders.find((order) => order !== 0) ?? 0;
}

/** Shows any text literally: without markup or mentions, and within its table cell. */
export function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

export function escapeHtml(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  return line.replaceAll(/[&<>|@#*_`[\]\\~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function tableRow(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
