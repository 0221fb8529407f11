import { stripVTControlCharacters } from "node:util";

/** Lines of `pulumi`, Yarn and Node.js, and of npm. */
const reasons = [/^(?:Usage )?\w*error(?: \[\w+\])?: (.*)$/i, /^npm error (peer .*)$/];

/** Reasons that another line explains. */
const consequences =
  /^(error reading from server: EOF|(preview|update) failed)$|failed with an unhandled exception:$/;

/**
 * The reason that a failed command gives.
 *
 * @param directories names that differ from run to run
 */
export function sentenceOf(output: string, directories: readonly string[]): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const [sentence = lines.at(-1) ?? "no output"] = lines
    .map((line) => reasons.map((pattern) => pattern.exec(line)?.[1]).find(Boolean))
    .filter((reason) => reason !== undefined && !consequences.test(reason));
  return directories.reduce((text, directory) => text.replaceAll(directory, "…"), sentence);
}
