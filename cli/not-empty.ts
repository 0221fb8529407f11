import { InvalidArgumentError } from "commander";

/** Rejects an empty value: an unset variable in CI arrives as one. */
export function notEmpty(text: string): string {
  if (text === "") throw new InvalidArgumentError("it must not be empty.");
  return text;
}
