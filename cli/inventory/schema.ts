import * as z from "zod/mini";
import { flag, listOf, text, textOrNull, time, timeOrNull } from "../report-fields";

const InventoryEntry = z.object({
  provider: textOrNull("The name at VCC; null if it is secret."),
  region: textOrNull("The VCC region, like `emea`; null if it is unknown."),
  account: textOrNull(
    "The named account (`vcc:accounts`); null for the default account, or if `secretAccount`.",
  ),
  secretAccount: flag("Whether the account has a name that is secret."),
  endpointHost: textOrNull("The host that VCC notifies; null without an endpoint, or if secret."),
  stack: text("`project/stack`."),
  resource: text("The logical name of the resource in Pulumi."),
  registeredAt: timeOrNull("When VCC last acknowledged it, UTC; null if it never has."),
  hasWitness: flag("Whether the state has a witness for it."),
  lastSeen: timeOrNull("When a witness last saw VCC use it, UTC; null if none has."),
  uncertain: flag(
    "Whether VCC may hold something else: an operation was interrupted, or a reset failed.",
  ),
  interrupted: textOrNull(
    "The operation that an interrupted update has not completed, like `updating`; null if none.",
  ),
  lockedBy: textOrNull(
    "Who holds the lock of the stack, and since when; null if nobody does. Null also for backends other than " +
      "a directory, whose locks cannot be read.",
  ),
  alsoIn: listOf(
    z.string(),
    "The other registrations with this name in this region and account, like `project/stack (resource)`. " +
      "They overwrite each other, unless accounts of this name differ between stacks.",
  ),
});

const UnreadStack = z.object({
  stack: text("The directory and the stack."),
  error: text("Why, and what to do next."),
});

export interface InventoryEntry extends z.infer<typeof InventoryEntry> {}
export interface Inventory extends z.infer<typeof Inventory> {}
/** What VCC should hold, according to the states of stacks. */
export const Inventory = z
  .object({
    version: z.literal(1),
    at: time("When the states were read, UTC."),
    registrations: listOf(InventoryEntry, "Sorted by region, name and account."),
    emptyStacks: listOf(z.string(), "The stacks without registrations, like `project/stack`."),
    errors: listOf(UnreadStack, "The stacks whose states could not be read."),
  })
  .check(
    z.meta({
      title: "Inventory of pulumi-vcc, version 1",
      description:
        "The output of `pulumi-vcc inventory --format json`: what VCC should hold, according to the states " +
        "of stacks. While `version` is 1, fields may be added, but existing ones keep their meaning.",
    }),
  );
