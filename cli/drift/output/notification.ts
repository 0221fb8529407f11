import { spawn } from "node:child_process";
import { formatMarkdown } from "../formats/markdown";
import type { DriftReport } from "../report/report";

/**
 * Runs a command in a shell if a class has changed, with the report as Markdown on its standard input.
 *
 * @returns a message if it failed
 */
export function notify(report: DriftReport, command: string): Promise<string[]> {
  if (!report.changes?.length) return Promise.resolve([]);
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ["pipe", process.stderr, process.stderr] });
    child.once("close", (code) =>
      resolve(code === 0 ? [] : [`the --notify-command failed (exit code ${code})`]),
    );
    // It may not read the report.
    child.stdin.once("error", () => {});
    child.stdin.end(formatMarkdown(report));
  });
}
