#!/usr/bin/env node
import "./supported-node";

import { Command } from "commander";
import { describeUnexpected } from "./errors";

// In `pulumi-vcc … | head`, for example.
process.stdout.on("error", () => process.exit(1));

const { version }: { version: string } = require("pulumi-vcc/package.json");

process.once("uncaughtException", (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe, as `head` does.
  if (error.code !== "EPIPE") console.error(`error: ${describeUnexpected(error)}`);
  process.exit(1);
});

// In the order of the help. (`import()` requires the extension.)
const commands: Record<string, () => Promise<Command>> = {
  init: async () => (await import("./init-command.ts")).initCommand(),
  emulator: async () => (await import("./emulator-command.ts")).emulatorCommand(),
  drift: async () => (await import("./drift-command.ts")).driftCommand(),
  verify: async () => (await import("./verify-command.ts")).verifyCommand(),
  inventory: async () => (await import("./inventory-command.ts")).inventoryCommand(),
  adopt: async () => (await import("./adopt-command.ts")).adoptCommand(),
  conformance: async () => (await import("./conformance-command.ts")).conformanceCommand(),
};

async function main(): Promise<void> {
  const program = new Command("pulumi-vcc")
    .description("Vonage Contact Center (VCC) providers with Pulumi")
    .version(version)
    .showHelpAfterError();
  const [, , name = ""] = process.argv;
  // One command loads only its own dependencies.
  const load = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  for (const command of await Promise.all(load.map((one) => one?.()))) {
    if (command !== undefined) program.addCommand(command);
  }
  await program.parseAsync();
}

main();
