#!/usr/bin/env node
import "./supported-node";

import { Command } from "commander";
import { conformanceCommand } from "./conformance-command";
import { driftCommand } from "./drift-command";
import { emulatorCommand } from "./emulator-command";
import { describeUnexpected } from "./errors";
import { initCommand } from "./init-command";
import { inventoryCommand } from "./inventory-command";

// In `pulumi-vcc … | head`, for example.
process.stdout.on("error", () => process.exit(1));

const { version }: { version: string } = require("pulumi-vcc/package.json");

process.once("uncaughtException", (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe, as `head` does.
  if (error.code !== "EPIPE") console.error(`error: ${describeUnexpected(error)}`);
  process.exit(1);
});

new Command("pulumi-vcc")
  .description("Vonage Contact Center (VCC) providers with Pulumi")
  .version(version)
  .addCommand(initCommand())
  .addCommand(emulatorCommand())
  .addCommand(driftCommand())
  .addCommand(inventoryCommand())
  .addCommand(conformanceCommand())
  .showHelpAfterError()
  .parseAsync();
