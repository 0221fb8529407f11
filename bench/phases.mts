import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Command } from "./measurement.mts";
import type { Figures } from "./metrics.mts";

/** A line of the engine's log. */
interface Line {
  time: string;
  msg: string;
}

/** The phases of an `up` of one registration, in this order, and the line with which each ends. */
const phases = [
  /** The engine starts, and reads the state and the configuration. */
  ["phaseEngine", /^langhost\[nodejs\]\.Run\(.* executing/],
  /** Node.js starts, loads the SDK, compiles the program, and runs it up to its first resource. */
  ["phaseProgram", /^Registering resource: t=pulumi-nodejs:dynamic/],
  /** Node.js starts again, and loads what runs providers. */
  ["phaseProvider", /^Provider\[.*\]\.Check\(.*pulumi-nodejs:dynamic.* executing/],
  /** The provider loads pulumi-vcc, and answers. */
  ["phaseCheck", /^Provider\[.*\]\.Check\(.*pulumi-nodejs:dynamic.* success/],
] as const;

/**
 * Runs a command that logs to standard error.
 *
 * @returns the seconds of each phase; nothing if the engine's log reads differently
 */
export async function measurePhases(
  { program, args, cwd, env }: Command,
  signal?: AbortSignal,
): Promise<Figures> {
  const start = Date.now();
  const maxBuffer = 2 ** 26;
  const { stderr } = await promisify(execFile)(program, args, { cwd, env, signal, maxBuffer });
  return phasesOf(stderr, start, Date.now());
}

/** @param start and `end` in milliseconds since 1970 */
export function phasesOf(log: string, start: number, end: number): Figures {
  const lines = log.split("\n").flatMap(parseLine);
  const figures: Figures = {};
  let last = start;
  for (const [phase, ending] of phases) {
    const line = lines.find(({ msg }) => ending.test(msg));
    if (line === undefined) return {};
    const time = Date.parse(line.time);
    figures[phase] = (time - last) / 1000;
    last = time;
  }
  return { ...figures, phaseEnd: (end - last) / 1000 };
}

function parseLine(text: string): Line[] {
  try {
    const { time, msg } = JSON.parse(text);
    return [{ time: String(time), msg: String(msg) }];
  } catch {
    return [];
  }
}
