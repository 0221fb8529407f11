import { confirm } from "../output";
import { pulumiEnvironment } from "../pulumi/environment";
import { runInShell } from "../shell";
import { driftClasses } from "./report/classes";
import type { DriftReport, StackReport } from "./report/schema";
import { stackTitle, waitingClasses } from "./report/wording";

export interface RepairOptions {
  /** Runs the commands without asking. */
  yes: boolean;
  /** Also applies what only waits for an `up`: changes of the program, and resets. */
  allCauses: boolean;
}

/**
 * Shows the command for each cause of each stack, the worst cause first, and runs it if the user agrees.
 * After a failure, it continues with the next stack.
 *
 * @returns whether something may have changed
 */
export async function repair({ stacks }: DriftReport, options: RepairOptions): Promise<boolean> {
  let ran = false;
  for (const stack of stacks) {
    for (const { cause, command } of causesOf(stack, options.allCauses)) {
      console.error(`To repair what is ${cause} in ${stackTitle(stack)}:\n  ${command}\n`);
      if (!options.yes && !(await confirm("Run this?"))) continue;
      ran = true;
      const environment = { ...pulumiEnvironment(process.env), PULUMI_SKIP_CONFIRMATIONS: "true" };
      const code = await runInShell(command, { environment });
      if (code === 0) continue;
      console.error(`error: failed: ${command}`);
      break;
    }
  }
  return ran;
}

function causesOf(
  stack: StackReport,
  allCauses: boolean,
): Array<{ cause: string; command: string }> {
  const causes = stack.repairs.map((one) => ({ ...one, cause: one.class }));
  if (!allCauses || stack.update === null) return causes;
  // The last command also registers what is stale.
  const urgent = causes.filter(({ cause }) => driftClasses[cause].urgency === "now");
  const cause = waitingClasses(stack)
    .map(([name]) => name)
    .join(", ");
  return [...urgent, { cause, command: stack.update }];
}
