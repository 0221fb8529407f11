import { Command, Option } from "commander";
import { InputError, InspectionError } from "./errors";
import { formatJson } from "./formats";
import { type InventoryFormat, inventoryFormats } from "./inventory/formats";
import { takeInventory } from "./inventory/inventory";
import { restorableResources } from "./inventory/restorable";
import { addStackOptions, type StackOptions, selectionOf, stopSignal } from "./options";
import { print, terminalWidth } from "./output";
import { importFileOf } from "./pulumi/import-file";
import { createPulumi, type Pulumi } from "./pulumi/pulumi";
import { exportState, listTargets, type Target } from "./pulumi/targets";

/** `pulumi-vcc inventory`: lists registrations, which VCC cannot list, from the states of stacks. */
export function inventoryCommand(): Command {
  const command = new Command("inventory").description(
    "list the registrations in the states of stacks; runs no program, and needs no secrets",
  );
  const format = new Option(
    "-f, --format <format>",
    "the format on standard output; import: a file for pulumi import, with the secrets of one stack",
  )
    .choices([...Object.keys(inventoryFormats), "import"])
    .default("table");
  return addStackOptions(command)
    .addOption(format)
    .addHelpText("after", "\nExit codes: 0 all states were read, 1 some could not be read.")
    .action(async ({ format, ...options }: Options, command: Command) => {
      const pulumi = createPulumi({ signal: stopSignal(options), parallel: options.parallel });
      const targets = await listTargets(selectionOf(options, command), pulumi);
      if (format !== "import") return printInventory(targets, pulumi, format);
      try {
        await printImportFile(targets, pulumi);
      } catch (error) {
        if (!(error instanceof InputError || error instanceof InspectionError)) throw error;
        command.error(`error: ${error.message}`);
      }
    });
}

interface Options extends StackOptions {
  format: InventoryFormat | "import";
}

async function printInventory(targets: Target[], pulumi: Pulumi, format: InventoryFormat) {
  const inventory = await takeInventory(targets, pulumi, Date.now());
  process.stdout.write(inventoryFormats[format](inventory, { width: terminalWidth() }));
  for (const { stack, error } of inventory.errors) console.error(`error: ${stack}: ${error}`);
  if (inventory.errors.length > 0) process.exitCode = 1;
}

/**
 * @throws InputError if there is not exactly one stack with registrations, or if standard output is a terminal
 * @throws InspectionError if the state cannot be read
 */
async function printImportFile([target, ...others]: Target[], pulumi: Pulumi): Promise<void> {
  if (process.stdout.isTTY) {
    throw new InputError(
      "--format import contains secrets in plain text; redirect it into a file, with umask 077",
    );
  }
  if (target === undefined || others.length > 0) {
    throw new InputError("--format import is for one stack; choose it with --stack");
  }
  const deployment = await exportState(target, pulumi, ["--show-secrets"]);
  const resources = restorableResources(deployment);
  if (resources.length === 0) throw new InputError("the state of this stack has no registrations");
  for (const { type, resource } of deployment.pending_operations ?? []) {
    console.error(
      `warning: an update was interrupted while ${type} ${resource.urn}: VCC may hold something else`,
    );
  }
  const file = importFileOf(resources);
  for (const urn of Object.keys(file.nameTable)) {
    console.error(
      `warning: the parent ${urn} is not in the file: before the import, create it with pulumi up --target, in a stack ` +
        "of the same name",
    );
  }
  await print(formatJson(file));
  console.error(
    "warning: the output contains secrets in plain text. To restore what a state has lost, run\n" +
      "  pulumi import --file <file> --yes --generate-code=false\nand delete the file",
  );
}
