import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The measured processes of a command. Other processes, like the user's program, are not measured. */
export type Role = "engine" | "provider";

export interface Measurement {
  seconds: number;
  /** The peak memory of a process with this role, in bytes. Empty if there is no /proc. */
  peakMemory: Partial<Record<Role, number>>;
  /** The peak memory of each provider process, in bytes. */
  providers: number[];
}

export interface Command {
  program: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Sampling all processes has a cost, so it is frequent only at the start, for short commands. */
const samplingMs = (elapsedMs: number) => (elapsedMs < 1000 ? 25 : 200);
const maxOutputLength = 4000;
/** Longer than any measured command takes. */
const timeoutMs = 3_600_000;
/** Matches the command lines with which Pulumi and OpenTofu start provider processes. */
const providerProcess = /pulumi-resource-pulumi-nodejs|dynamic-provider|terraform-provider-/;

/**
 * Runs a command, and measures its duration and peak memory.
 *
 * @param signal aborts the command. The promise rejects once the command has ended
 * @throws an Error with the end of its output if it fails or takes more than an hour
 */
export async function measure(
  { program, args, cwd, env }: Command,
  signal?: AbortSignal,
): Promise<Measurement> {
  const start = performance.now();
  const timeout = AbortSignal.timeout(timeoutMs);
  const child = spawn(program, args, {
    cwd,
    env,
    signal: AbortSignal.any(signal === undefined ? [timeout] : [timeout, signal]),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-maxOutputLength);
    });
  }
  const peaks: Record<Role, Map<number, number>> = { engine: new Map(), provider: new Map() };
  let sampling: NodeJS.Timeout | undefined;
  const sampleAgain = () => {
    sample(child.pid ?? 0, peaks);
    sampling = setTimeout(sampleAgain, samplingMs(performance.now() - start));
  };
  sampleAgain();
  try {
    let failure: Error | undefined;
    child.once("error", (error) => {
      failure = error;
    });
    // An aborted command may still write, so wait until its streams are closed.
    const exitCode = await new Promise((resolve) => {
      child.once("close", (code, killedBy) => resolve(killedBy ?? code));
    });
    const seconds = (performance.now() - start) / 1000;
    if (failure !== undefined && !timeout.aborted) throw failure;
    if (timeout.aborted || exitCode !== 0) {
      const how = timeout.aborted ? "took more than an hour" : `exited with ${exitCode}`;
      throw new Error(`${program} ${args[0]} ${how}:\n${output.trim()}`);
    }
    const providers = [...peaks.provider.values()];
    return { seconds, peakMemory: maxima(peaks), providers };
  } finally {
    clearTimeout(sampling);
  }
}

/** The kernel records the peak of each process, so only growth after the last sample is missed. */
function sample(engine: number, peaks: Record<Role, Map<number, number>>): void {
  for (const pid of [engine, ...descendantsOf(engine)]) {
    const role = pid === engine ? "engine" : roleOf(pid);
    const bytes = peakOf(pid);
    if (role !== undefined && bytes !== undefined) peaks[role].set(pid, bytes);
  }
}

function maxima(peaks: Record<Role, Map<number, number>>): Measurement["peakMemory"] {
  const roles = (Object.keys(peaks) as Role[]).filter((role) => peaks[role].size > 0);
  return Object.fromEntries(roles.map((role) => [role, Math.max(...peaks[role].values())]));
}

function descendantsOf(ancestor: number): number[] {
  const children = Map.groupBy(processes(), parentOf);
  const pids = [ancestor];
  for (const parent of pids) pids.push(...(children.get(parent) ?? []));
  return pids.slice(1);
}

function processes(): number[] {
  return attempt(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function parentOf(pid: number): number {
  // The program name, in parentheses, may contain any character.
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  return Number(/.*\) \S (\d+)/s.exec(stat)?.[1] ?? 0);
}

function roleOf(pid: number): Role | undefined {
  const commandLine = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "");
  // An official Pulumi puts a shell between the engine and the provider process.
  const shell = /\/(ba|da)?sh$/.test(attempt(() => readlinkSync(`/proc/${pid}/exe`), ""));
  return providerProcess.test(commandLine) && !shell ? "provider" : undefined;
}

function peakOf(pid: number): number | undefined {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** A process may end while its files are read. */
function attempt<Result>(read: () => Result, fallback: Result): Result {
  try {
    return read();
  } catch {
    return fallback;
  }
}
