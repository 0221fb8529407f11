import { replaceFile } from "../../output";
import { type FormatName, formats } from "../formats";
import type { DriftReport } from "../report/report";

export interface Output {
  format: FormatName;
  /** @default standard output */
  file?: string;
}

/**
 * Writes a report to each output. Files are replaced atomically.
 *
 * @returns a message for each output that could not be written
 */
export async function writeOutputs(report: DriftReport, outputs: Output[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { format, file } of outputs) {
    const written =
      file === undefined
        ? print(formats[format](report, { color: usesColor() }))
        : replaceFile(file, formats[format](report));
    await written.catch(({ code }) => {
      problems.push(`cannot write ${file ?? "standard output"} (${code}); choose another --output`);
    });
  }
  return problems;
}

/** `hasColors` lets `FORCE_COLOR` override `NO_COLOR`; here `NO_COLOR` wins. */
function usesColor(): boolean {
  return !process.env.NO_COLOR && process.stdout.hasColors?.() === true;
}

/** A reader may close the pipe early, as `head` does. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once("error", () => {});
    process.stdout.write(text, (error?: NodeJS.ErrnoException | null) =>
      error && error.code !== "EPIPE" ? reject(error) : resolve(),
    );
  });
}
