import { confirm } from "../output";
import { pulumiEnvironment } from "../pulumi/environment";
import { runInShell } from "../shell";
import type { DriftReport, StackReport } from "./report/schema";
import {
  describeCause,
  describeOrder,
  describeUpdate,
  stackTitle,
  urgentCauses,
  waitingClasses,
} from "./report/wording";

export interface RepairOptions {
  /** Runs the commands without asking. */
  yes: boolean;
  /** Also applies what only waits for an `up`: changes of the program, and resets. */
  allCauses: boolean;
}

/** What a command repairs, and why. */
interface Cause {
  title: string;
  /** Sentences for people. */
  reasons: string[];
  command: string;
}

/**
 * Shows each cause of each stack with the command that repairs it, the worst cause first, and runs the
 * command if the user agrees. After a failure, it continues with the next stack.
 *
 * @returns whether something may have changed
 */
export async function repair({ stacks }: DriftReport, options: RepairOptions): Promise<boolean> {
  let ran = false;
  for (const stack of stacks) {
    for (const { title, reasons, command } of causesOf(stack, options.allCauses)) {
      const heading = `To repair what is ${title} in ${stackTitle(stack)}:`;
      console.error([...reasons, heading, `  ${command}`, ""].join("\n"));
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

function causesOf(stack: StackReport, allCauses: boolean): Cause[] {
  const urgent = urgentCauses(stack);
  const order = describeOrder(urgent);
  const causes = stack.repairs.map(({ class: name, command }): Cause & { isUrgent: boolean } => {
    const cause = urgent.find((one) => one.class === name);
    const reasons =
      cause === undefined ? [] : [...describeCause(cause), cause.untouched, order].filter(Boolean);
    return { title: name, reasons, command, isUrgent: cause !== undefined };
  });
  if (!allCauses || stack.update === null) return causes;
  // The last command also registers what is stale.
  const title = waitingClasses(stack)
    .map(([name]) => name)
    .join(", ");
  return [
    ...causes.filter(({ isUrgent }) => isUrgent),
    { title, reasons: [`This will ${describeUpdate(stack)}.`], command: stack.update },
  ];
}
