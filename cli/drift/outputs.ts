import { stat, writeFile } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { type FormatName, formats } from "./formats";
import type { DriftReport } from "./report";

export interface Output {
  format: FormatName;
  /** @default standard output */
  file?: string;
}

/**
 * Writes a report where it is wanted. A file is replaced whole or stays as it was.
 *
 * @returns a sentence for each file that could not be written
 */
export async function writeOutputs(report: DriftReport, outputs: Output[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { format, file } of outputs) {
    const written =
      file === undefined
        ? print(formats[format](report, { colour: colourIsWanted() }))
        : replaceFile(file, formats[format](report));
    await written.catch(({ code }) => {
      problems.push(`cannot write ${file ?? "standard output"} (${code}); give another --output`);
    });
  }
  return problems;
}

/** Node.js lets `FORCE_COLOR` go before `NO_COLOR`, which is to be obeyed. */
function colourIsWanted(): boolean {
  return !process.env.NO_COLOR && process.stdout.hasColors?.() === true;
}

/** A reader that has seen enough, like `head`, is no problem. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once("error", () => {});
    process.stdout.write(text, (error?: NodeJS.ErrnoException | null) =>
      error && error.code !== "EPIPE" ? reject(error) : resolve(),
    );
  });
}

/** What is no file, like `/dev/stderr`, is written to and not replaced. */
async function replaceFile(file: string, text: string): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  const isSpecial = existing !== undefined && !existing.isFile();
  await (isSpecial ? writeFile(file, text) : writeFileAtomic(file, text));
}
