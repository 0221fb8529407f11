import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Which of a command's processes; the rest, like the program itself, is not measured. */
export type Role = "engine" | "provider";

export interface Measurement {
  seconds: number;
  /** The most that a process of the role has held at once, in bytes; empty where there is no /proc. */
  peakMemory: Partial<Record<Role, number>>;
}

export interface Command {
  program: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Looking at all processes costs a little: often only at the start, for commands that end soon. */
const samplingMs = (elapsedMs: number) => (elapsedMs < 1000 ? 25 : 200);
const longestOutput = 4000;
/** Long enough for everything that ends. */
const longestMs = 3_600_000;
/** As Pulumi and OpenTofu start them. */
const providerProcess = /pulumi-resource-pulumi-nodejs|dynamic-provider|terraform-provider-/;

/**
 * From the start of a command until its end.
 *
 * @param signal ends it early, which is a failure once it has ended
 * @throws an Error with the end of what it printed, when it fails or takes more than an hour
 */
export async function measure(
  { program, args, cwd, env }: Command,
  signal?: AbortSignal,
): Promise<Measurement> {
  const start = performance.now();
  const timeout = AbortSignal.timeout(longestMs);
  const child = spawn(program, args, {
    cwd,
    env,
    signal: AbortSignal.any(signal === undefined ? [timeout] : [timeout, signal]),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-longestOutput);
    });
  }
  const peakMemory: Measurement["peakMemory"] = {};
  let sampling: NodeJS.Timeout | undefined;
  const sampleAgain = () => {
    sample(child.pid ?? 0, peakMemory);
    sampling = setTimeout(sampleAgain, samplingMs(performance.now() - start));
  };
  sampleAgain();
  try {
    let failure: Error | undefined;
    child.once("error", (error) => {
      failure = error;
    });
    // What is ended early may still write: it counts as ended when it closes.
    const ending = await new Promise((resolve) => {
      child.once("close", (code, killedBy) => resolve(killedBy ?? code));
    });
    const seconds = (performance.now() - start) / 1000;
    if (failure !== undefined && !timeout.aborted) throw failure;
    if (timeout.aborted || ending !== 0) {
      const how = timeout.aborted ? "took more than an hour" : `ended with ${ending}`;
      throw new Error(`${program} ${args[0]} ${how}:\n${output.trim()}`);
    }
    return { seconds, peakMemory };
  } finally {
    clearTimeout(sampling);
  }
}

/** The kernel keeps each process's own peak: only what grows after the last sample is missed. */
function sample(engine: number, peakMemory: Measurement["peakMemory"]): void {
  for (const pid of [engine, ...descendantsOf(engine)]) {
    const role = pid === engine ? "engine" : roleOf(pid);
    const bytes = peakOf(pid);
    if (role === undefined || bytes === undefined) continue;
    peakMemory[role] = Math.max(peakMemory[role] ?? 0, bytes);
  }
}

function descendantsOf(ancestor: number): number[] {
  const children = Map.groupBy(processes(), parentOf);
  const family = [ancestor];
  for (const parent of family) family.push(...(children.get(parent) ?? []));
  return family.slice(1);
}

function processes(): number[] {
  return attempt(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function parentOf(pid: number): number {
  // The name of the program, in parentheses, may hold anything.
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  return Number(/.*\) \S (\d+)/s.exec(stat)?.[1] ?? 0);
}

function roleOf(pid: number): Role | undefined {
  const commandLine = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "");
  return providerProcess.test(commandLine) ? "provider" : undefined;
}

function peakOf(pid: number): number | undefined {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** A process may end while it is read. */
function attempt<Result>(read: () => Result, otherwise: Result): Result {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
