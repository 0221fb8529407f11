import { Command, Option } from "commander";
import { type InventoryFormat, inventoryFormats } from "./inventory/formats";
import { takeInventory } from "./inventory/inventory";
import { addStackOptions, type StackOptions, selectionOf, stopSignal } from "./options";
import { terminalWidth } from "./output";
import { createPulumi } from "./pulumi/pulumi";
import { listTargets } from "./pulumi/targets";

/** `pulumi-vcc inventory`: lists registrations, which VCC cannot list, from the states of stacks. */
export function inventoryCommand(): Command {
  const command = new Command("inventory").description(
    "list the registrations in the states of stacks; runs no program, and needs no secrets",
  );
  const format = new Option("-f, --format <format>", "the format on standard output")
    .choices(Object.keys(inventoryFormats))
    .default("table");
  return addStackOptions(command)
    .addOption(format)
    .addHelpText("after", "\nExit codes: 0 all states were read, 1 some could not be read.")
    .action(async (options: Options, command: Command) => {
      const pulumi = createPulumi({ signal: stopSignal(options), parallel: options.parallel });
      const targets = await listTargets(selectionOf(options, command), pulumi);
      const inventory = await takeInventory(targets, pulumi, Date.now());
      process.stdout.write(inventoryFormats[options.format](inventory, { width: terminalWidth() }));
      for (const { stack, error } of inventory.errors) console.error(`error: ${stack}: ${error}`);
      if (inventory.errors.length > 0) process.exitCode = 1;
    });
}

interface Options extends StackOptions {
  format: InventoryFormat;
}
