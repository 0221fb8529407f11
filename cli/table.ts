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
