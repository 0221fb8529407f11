import { spawn, spawnSync } from "node:child_process";
import pLimit from "p-limit";
import { InspectionError } from "../errors";
import { pulumiEnvironment } from "./environment";

export interface PulumiResult {
  failed: boolean;
  stdout: string;
  stderr: string;
}

/**
 * Runs the user's own Pulumi CLI without prompts.
 *
 * @throws InspectionError if it cannot be started, or was stopped
 */
export type Pulumi = (args: string[], directory: string) => Promise<PulumiResult>;

/** Time for the CLI to end what it started, before it is killed. */
const graceMs = 5000;

export interface PulumiOptions {
  /** Stops the commands. Its reason becomes the error message. */
  signal?: AbortSignal;
  /** How many commands run at once. @default unlimited */
  parallel?: number;
}

export function createPulumi({ signal, parallel }: PulumiOptions = {}): Pulumi {
  const limit = pLimit(parallel ?? Number.POSITIVE_INFINITY);
  return (args, directory) => limit(() => run(args, directory, signal));
}

function run(args: string[], directory: string, signal?: AbortSignal): Promise<PulumiResult> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(stopError(signal));
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: directory,
      env: pulumiEnvironment(process.env),
      stdio: ["ignore", "pipe", "pipe"],
      // Ctrl-C reaches only this process, which then ends the CLI.
      detached: true,
      windowsHide: true,
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text) => {
        output[name] += text;
      });
    }
    const started: number[] = [];
    const endAll = (name: NodeJS.Signals) => {
      for (const pid of started) end(pid, name);
    };
    // A preview can be killed safely.
    const stop = () => {
      if (child.pid === undefined) return;
      started.push(child.pid, ...descendantsOf(child.pid));
      endAll("SIGTERM");
      setTimeout(() => endAll("SIGKILL"), graceMs).unref();
    };
    signal?.addEventListener("abort", stop);
    child.once("error", (error: NodeJS.ErrnoException) => reject(startError(error.code)));
    child.once("close", (code) => {
      signal?.removeEventListener("abort", stop);
      endAll("SIGKILL");
      if (signal?.aborted) reject(stopError(signal));
      else resolve({ failed: code !== 0, ...output });
    });
  });
}

/**
 * The process IDs of all that a process started, directly or not; the CLI puts them into process groups
 * of their own. Empty without `ps`.
 */
function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const processes = (stdout ?? "")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = Map.groupBy(processes, ([, parent]) => parent);
  const collect = (parent: number): number[] =>
    (childrenOf.get(parent) ?? []).flatMap(([child = 0]) => [child, ...collect(child)]);
  return collect(pid);
}

function end(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended.
  }
}

function stopError({ reason }: AbortSignal): InspectionError {
  return new InspectionError(String(reason), "run it again");
}

function startError(code: string | undefined): InspectionError {
  return new InspectionError(
    code === "ENOENT" ? "pulumi is not on the PATH" : `pulumi could not be started (${code})`,
    "install it (https://www.pulumi.com/docs/install) and add it to the PATH",
  );
}
