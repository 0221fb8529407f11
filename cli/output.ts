import { stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import writeFileAtomic from "write-file-atomic";

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

/** Writes to standard output. The reader may close the pipe early, as `head` does. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once("error", () => {});
    process.stdout.write(text, (error?: NodeJS.ErrnoException | null) =>
      error && error.code !== "EPIPE" ? reject(error) : resolve(),
    );
  });
}

/** Replaces a file atomically, but writes to a special file, like `/dev/stderr`. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  const isSpecial = existing !== undefined && !existing.isFile();
  await (isSpecial ? writeFile(file, text) : writeFileAtomic(file, text));
}

/** Asks on the terminal. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
