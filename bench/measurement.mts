import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Measurement {
  seconds: number;
  /** The peak memory of the command, and of the largest provider process, in MiB. 0 without /proc. */
  engineMemory: number;
  providerMemory: number;
}

export interface Command {
  program: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Matches the command lines with which Pulumi and OpenTofu start provider processes. */
const providerProcess = /pulumi-resource-pulumi-nodejs|dynamic-provider|terraform-provider-/;

/**
 * Runs a command, and measures its duration and peak memory.
 *
 * @param signal aborts the command. The promise rejects once the command has ended
 * @throws an Error with the end of its output if it fails
 */
export async function measure(
  { program, args, cwd, env }: Command,
  signal?: AbortSignal,
): Promise<Measurement> {
  const start = performance.now();
  const child = spawn(program, args, {
    ...{ cwd, env, stdio: ["ignore", "pipe", "pipe"] },
    ...(signal && { signal }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  const memory = { engineMemory: 0, providerMemory: 0 };
  // The kernel records the peak of each process, so only growth after the last sample is missed.
  let sampling = setTimeout(function sample() {
    for (const pid of withDescendants(child.pid ?? 0)) {
      if (pid === child.pid) memory.engineMemory = Math.max(memory.engineMemory, peakOf(pid));
      else if (isProvider(pid))
        memory.providerMemory = Math.max(memory.providerMemory, peakOf(pid));
    }
    // Sampling all processes has a cost, so it is frequent only at the start, for short commands.
    sampling = setTimeout(sample, performance.now() - start < 1000 ? 25 : 200);
  }, 0);
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  // An aborted command may still write, so wait until its streams are closed.
  const exitCode = await new Promise((resolve) => {
    child.once("close", (code, killedBy) => resolve(killedBy ?? code));
  });
  clearTimeout(sampling);
  if (failure !== undefined) throw failure;
  if (exitCode !== 0) {
    throw new Error(`${program} ${args[0]} exited with ${exitCode}:\n${output.trim()}`);
  }
  return { seconds: (performance.now() - start) / 1000, ...memory };
}

function withDescendants(ancestor: number): number[] {
  const all = attempt(() => readdirSync("/proc"), []).filter((name) => /^\d+$/.test(name));
  const children = Map.groupBy(all.map(Number), parentOf);
  const pids = [ancestor];
  for (const parent of pids) pids.push(...(children.get(parent) ?? []));
  return pids;
}

function parentOf(pid: number): number {
  // The program name, in parentheses, may contain any character.
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  return Number(/.*\) \S (\d+)/s.exec(stat)?.[1] ?? 0);
}

function isProvider(pid: number): boolean {
  const commandLine = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "");
  // An official Pulumi puts a shell between the engine and the provider process.
  const shell = /\/(ba|da)?sh$/.test(attempt(() => readlinkSync(`/proc/${pid}/exe`), ""));
  return providerProcess.test(commandLine) && !shell;
}

function peakOf(pid: number): number {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

/** A process may end while its files are read. */
function attempt<Result>(read: () => Result, fallback: Result): Result {
  try {
    return read();
  } catch {
    return fallback;
  }
}
