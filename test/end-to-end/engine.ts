import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { Project } from "./project";

export interface Engine {
  pid: number;
  /** Resolves when the engine has ended: its exit code, `null` after a signal. */
  ended: Promise<number | null>;
  /** What it has printed so far. */
  output(): string;
}

/** Starts an operation in a process group of its own, as a shell does. */
export function startEngine(
  { directory, stack }: Project,
  operation: "up" | "destroy",
  environment: Record<string, string> = {},
): Engine {
  const engine = spawn("pulumi", [operation, "--yes", "--skip-preview", "--non-interactive"], {
    cwd: directory,
    env: { ...process.env, ...stack.workspace.envVars, PULUMI_STACK: "dev", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [engine.stdout, engine.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return {
    pid: engine.pid ?? 0,
    ended: once(engine, "close").then(([code]) => code),
    output: () => output,
  };
}

/** @param pid the ID of a process group if negative */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has already ended.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The processes among them that run Pulumi's provider host. */
export function providerProcesses(pids: readonly number[]): number[] {
  return pids.filter((pid) =>
    /pulumi-resource-pulumi-nodejs|dynamic-provider/.test(readProcess(pid, "cmdline")),
  );
}

/** Empty if the process has ended, or without /proc. */
export function readProcess(pid: number, file: "cmdline" | "stat"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")
        .split(" ")
        .filter(Boolean)
        .map(Number),
    );
  } catch {
    return [];
  }
}

/** Resolves when a condition holds. Jest's own timeout limits the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
