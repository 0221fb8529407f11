import { InvalidArgumentError } from "commander";

/** An unset variable in CI arrives as an empty text; it must not stand for something else. */
export function notEmpty(text: string): string {
  if (text === "") throw new InvalidArgumentError("it is empty.");
  return text;
}
