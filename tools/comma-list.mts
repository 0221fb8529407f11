import { InvalidArgumentError } from "commander";

/** The parser of an option that takes some of these names, separated by commas. */
export function commaListOf(names: readonly string[]): (text: string) => string[] {
  return (text) => {
    const selected = text.split(",");
    const unknown = selected.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(`"${unknown}" is not one of ${names.join(", ")}.`);
    }
    return selected;
  };
}
