import { InvalidArgumentError } from "commander";

/** The parser of an option that is a whole number, 1 or more. */
export function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("Expected 1 or more.");
  return Number(text);
}

/** The parser of an option that takes some of these names, separated by commas. */
export function commaListOf(names: readonly string[]): (text: string) => string[] {
  return (text) => {
    const selected = text.split(",");
    const unknown = selected.find((name) => !names.includes(name));
    if (unknown === undefined) return selected;
    throw new InvalidArgumentError(`"${unknown}" is not one of ${names.join(", ")}.`);
  };
}
