import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { notEmpty, oneOf } from "./options";
import { print, replaceFile, terminalWidth } from "./output";

/**
 * Returns the full report, ending in a line feed. `width` is that of the terminal in columns, unlimited by
 * default.
 */
export type Format<Report> = (
  report: Report,
  options?: { color?: boolean; width?: number },
) => string;

/** A report in one format. */
export interface Output<Name extends string> {
  format: Name;
  /** @default standard output */
  file?: string;
}

/** The pairs of `--format` and `--output`, in the order given. */
export interface Outputs<Name extends string> {
  /** @returns text on standard output, if there is no pair */
  list(): Output<Name>[];
}

/** Adds `--format` and `--output`, which can be repeated. */
export function addOutputOptions<Name extends string>(
  command: Command,
  names: Name[],
  byDefault: Name,
): Outputs<Name> {
  const given: Output<Name>[] = [];
  command
    .option(
      "-f, --format <format>",
      `${names.join(", ")}; repeatable, if all but one have an --output (default: ${byDefault})`,
      (name) => given.push({ format: oneOf(names, name) }),
    )
    .option(
      "-o, --output <file>",
      "the file for the preceding --format (default: standard output)",
      (file) => {
        const last = given.at(-1);
        if (last === undefined || last.file !== undefined) {
          throw new InvalidArgumentError("each --output must follow its own --format.");
        }
        notEmpty(file);
        if (given.some((output) => output.file && resolve(output.file) === resolve(file))) {
          throw new InvalidArgumentError("another --format already writes to this file.");
        }
        last.file = file;
      },
    );
  return { list: () => (given.length > 0 ? given : [{ format: byDefault }]) };
}

/** Ends the command with an error if several formats would share standard output. */
export function requireOneOnStandardOutput(outputs: Output<string>[], command: Command): void {
  const printed = outputs.filter(({ file }) => file === undefined);
  if (printed.length <= 1) return;
  const names = printed.map(({ format }) => format).join(" and ");
  command.error(`error: ${names} cannot share standard output; add --output to all but one`);
}

/**
 * Writes a report to each output. Files are replaced atomically.
 *
 * @returns a message for each output that could not be written
 */
export async function writeOutputs<Report, Name extends string>(
  formats: Record<Name, Format<Report>>,
  report: Report,
  outputs: Output<Name>[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const { format, file } of outputs) {
    const written =
      file === undefined
        ? print(formats[format](report, { color: usesColor(), width: terminalWidth() }))
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
