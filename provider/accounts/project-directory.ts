import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The names that Pulumi accepts for a project file. */
export const projectFiles = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The nearest directory, at or above the given one, with a file of one of these names. */
export function findUpwards(directory: string, names: readonly string[]): string | undefined {
  const here = resolve(directory);
  if (names.some((name) => existsSync(join(here, name)))) return here;
  const parent = dirname(here);
  return parent === here ? undefined : findUpwards(parent, names);
}
