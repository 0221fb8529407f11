import { confirm } from "../output";
import { pulumiEnvironment } from "../pulumi/environment";
import { runInShell } from "../shell";
import type { DriftReport } from "./report/schema";

/**
 * Shows the command that repairs each stack, and runs them if the user agrees.
 *
 * @param yes runs them without asking
 * @returns whether something may have changed
 */
export async function repair({ stacks }: DriftReport, yes: boolean): Promise<boolean> {
  const commands = stacks.flatMap((stack) => stack.repair ?? []);
  if (commands.length === 0) return false;
  console.error(`To repair:\n${commands.map((command) => `  ${command}\n`).join("")}`);
  if (!yes && !(await confirm("Run this?"))) return false;
  const environment = { ...pulumiEnvironment(process.env), PULUMI_SKIP_CONFIRMATIONS: "true" };
  for (const command of commands) {
    const code = await runInShell(command, { environment });
    if (code !== 0) console.error(`error: failed: ${command}`);
  }
  return true;
}
