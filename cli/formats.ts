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

/** The narrowest column that wraps: a time has 24 characters. */
const minWrapped = 30;

/**
 * Aligned columns, for a terminal. If they are wider, the last column wraps. If too little space remains
 * for it, each row becomes a block with one line for each cell.
 *
 * @param options `width` of the terminal, unlimited by default; `paint` colors a padded cell
 */
export function formatTable(
  header: string[],
  rows: string[][],
  {
    width = Number.POSITIVE_INFINITY,
    paint = (cell) => cell,
  }: { width?: number; paint?: (cell: string, row: number, column: number) => string } = {},
): string[] {
  const widths = header.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), title.length),
  );
  const last = header.length - 1;
  const indent = widths.slice(0, last).reduce((sum, one) => sum + one + 2, 0);
  const left = width - indent;
  if (left < Math.min(minWrapped, widths[last] ?? 0))
    return formatBlocks(header, rows, width, paint);
  const pad = (cell: string, column: number) => cell.padEnd(widths[column] ?? 0);
  return [
    header.map(pad).join("  ").trimEnd(),
    ...rows.flatMap((cells, row) => {
      const [first = "", ...wrapped] = wrap(cells[last] ?? "", left);
      const line = [...cells.slice(0, last), first]
        .map((cell, column) => paint(column < last ? pad(cell, column) : cell, row, column))
        .join("  ");
      return [line.trimEnd(), ...wrapped.map((text) => " ".repeat(indent) + text)];
    }),
  ];
}

function formatBlocks(
  header: string[],
  rows: string[][],
  width: number,
  paint: (cell: string, row: number, column: number) => string,
): string[] {
  const indent = Math.max(...header.map((title) => title.length)) + 2;
  return rows.flatMap((cells, row) => [
    ...(row > 0 ? [""] : []),
    ...cells.flatMap((cell, column) => {
      if (cell === "") return [];
      const [first = "", ...wrapped] = wrap(cell, width - indent);
      const title = (header[column] ?? "").padEnd(indent);
      return [
        title + paint(first, row, column),
        ...wrapped.map((text) => " ".repeat(indent) + paint(text, row, column)),
      ];
    }),
  ]);
}

/** Breaks a text at spaces; a longer word remains whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    const fits = line !== undefined && line.length + 1 + word.length <= width;
    if (fits) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
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

export function pluralize(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
