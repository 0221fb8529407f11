import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import type { Behavior, FaultRule, RateLimit } from "../emulator";
import { behaviorWith, namedSwitches } from "../emulator/behavior";
import { faultArguments, parseFaultRule } from "../emulator/faults";

/** The lines of `--help` for all switches. */
export function switchListing(): string {
  const lines = namedSwitches.map(({ name, values, help, defaultValue }) => {
    return { left: `  ${name}=${values}`, right: `${help} (default: ${defaultValue})` };
  });
  const width = Math.max(...lines.map(({ left }) => left.length)) + 2;
  return lines.map(({ left, right }) => left.padEnd(width) + right).join("\n");
}

/** Adds one `name=value` to the earlier ones. */
export function parseSwitch(text: string, earlier: Partial<Behavior> = {}): Partial<Behavior> {
  const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(text) ?? [];
  const found = namedSwitches.find((named) => named.name === name);
  if (found === undefined) {
    throw new InvalidArgumentError("use name=value with a name that --help lists.");
  }
  const switches = { [name]: fromText(value) };
  attempt(() => behaviorWith(switches), `${name} must be ${found.values}.`);
  return { ...earlier, ...switches };
}

/** Reads the switches that `pulumi-vcc conformance --behavior` writes. */
export function readBehavior(file: string): Partial<Behavior> {
  try {
    const switches = JSON.parse(readFileSync(file, "utf8"));
    behaviorWith(switches);
    return switches;
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** `160/60s`, `160/60s:date` */
export function parseRateLimit(text: string): RateLimit {
  const [, requests, time, unit = "", retryAfter = "seconds"] =
    /^(\d+)\/(\d+)(ms|s|m)(?::(\w+))?$/.exec(text) ?? [];
  const unitMs = { ms: 1, s: 1000, m: 60_000 }[unit] ?? Number.NaN;
  const windowMs = Number(time) * unitMs;
  const rateLimit = { requests: Number(requests), windowMs, retryAfter } as RateLimit;
  attempt(
    () => behaviorWith({ rateLimit }),
    "use requests per time, like 160/60s, optionally with the content of Retry-After, " +
      "like 160/60s:date: seconds, date, malformed or none.",
  );
  return rateLimit;
}

/** Kinds of faults with their arguments, like `slow:<ms>`. */
export const faultForms = Object.entries(faultArguments).map(([kind, argument]) =>
  argument === undefined ? kind : `${kind}:<${argument}>`,
);

/** Adds one `target:kind[:argument][xN]` to the earlier ones. */
export function parseFault(text: string, earlier: FaultRule[] = []): FaultRule[] {
  const [, target, kind = "", argument, times = "1"] =
    /^(\w+):([a-z-]+?)(?::(.+?))?(?:x(\d+))?$/.exec(text) ?? [];
  const fault = {
    kind,
    ...(argument !== undefined && { [faultArguments[kind] ?? "argument"]: fromText(argument) }),
  };
  const rule = attempt(
    () => parseFaultRule({ target, times: Number(times), fault }),
    "use target:kind, like register:lost-response or token:status:503x2; see --help.",
  );
  return [...earlier, rule];
}

function attempt<T>(parse: () => T, problem: string): T {
  try {
    return parse();
  } catch {
    throw new InvalidArgumentError(problem);
  }
}

export function parseMilliseconds(text: string): number {
  // The longest delay that timers support.
  return parseWholeNumber(text, 2 ** 31 - 1, "use a whole number of milliseconds, up to 24 days.");
}

export function parsePort(text: string): number {
  return parseWholeNumber(text, 65_535, "use a number from 0 to 65535.");
}

function parseWholeNumber(text: string, max: number, problem: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > max) throw new InvalidArgumentError(problem);
  return number;
}

/** Parses `true` and `503` as JSON; anything else is text. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
