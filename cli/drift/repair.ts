import { spawn } from "node:child_process";
import { pulumiEnvironment } from "../pulumi/environment";
import type { DriftReport } from "./report/report";

/** Shows the command that repairs each stack, one per line. */
export function repairCommandsOf({ stacks }: DriftReport): string[] {
  return stacks.flatMap(({ repair }) => repair ?? []);
}

/**
 * Runs a command of a report in a shell, without further questions. Its output goes to standard error,
 * since standard output may be a report.
 *
 * @returns whether it succeeded
 */
export function runRepair(command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, {
      shell: true,
      stdio: ["ignore", process.stderr, process.stderr],
      env: { ...pulumiEnvironment(process.env), PULUMI_SKIP_CONFIRMATIONS: "true" },
    });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}
