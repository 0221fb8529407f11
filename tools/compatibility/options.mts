import { Command, Option } from "commander";
import { commaListOf } from "../comma-list.mts";
import { packageManagers } from "../package-managers.mts";

const names = packageManagers.map(({ name }) => name);

export interface CompatibilityOptions {
  /** Names of package managers. */
  only: readonly string[];
  /** Directories that contain `pulumi` and its language host. */
  cli: readonly string[];
  /** Whether to update `docs/compatibility.md`. */
  write: boolean;
}

/** Exits with an error message if the arguments are invalid. */
export function parseOptions(argv: readonly string[]): CompatibilityOptions {
  const command = new Command("npm run compatibility --")
    .description("Runs pulumi-vcc with each package manager, Node.js version, SDK and Pulumi CLI.")
    .addOption(
      new Option("--only <managers>", `comma-separated list of ${names.join(", ")}`)
        .argParser(commaListOf(names))
        .default(names, "all"),
    )
    .option(
      "--cli <directory>",
      "contains pulumi and pulumi-language-nodejs; several times for several versions (default: as npm test)",
      (directory: string, directories: string[]) => [...directories, directory],
      [],
    )
    .option("--write", "replace the tables in docs/compatibility.md", false)
    .allowExcessArguments(false)
    .parse([...argv]);
  const options = command.opts<CompatibilityOptions>();
  if (options.write && options.only !== names) {
    command.error("error: --write needs all package managers: remove --only");
  }
  return options;
}
