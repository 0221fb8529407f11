import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import * as v from "valibot";
import type { Behavior, FaultRule, RateLimit } from "../emulator";
import { defaultBehavior } from "../emulator/behavior";
import * as behavior from "../emulator/behavior-schema";
import * as faults from "../emulator/http/fault-schema";

/** `rateLimit` and `latencyMs` have their own options. */
const { rateLimit, latencyMs, ...switches } = behavior.Behavior.entries;

/** The lines of `--help` for all switches. */
export function switchListing(): string {
  const lines = Object.entries(switches).map(([name, schema]) => {
    const value = defaultBehavior[name as keyof Behavior];
    return [`  ${name}=${valuesOf(schema)}`, `${v.getDescription(schema)} (default: ${value})`];
  });
  const width = Math.max(...lines.map(([left = ""]) => left.length)) + 2;
  return lines.map(([left = "", right]) => left.padEnd(width) + right).join("\n");
}

function valuesOf(schema: (typeof switches)[keyof typeof switches]): string {
  if (schema.type === "picklist") return schema.options.join("|");
  return schema.type === "boolean" ? "true|false" : "<number>";
}

/** Adds one `name=value` to the earlier ones. */
export function parseSwitch(text: string, earlier: Partial<Behavior> = {}): Partial<Behavior> {
  const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(text) ?? [];
  const schema = Object.hasOwn(switches, name) && switches[name as keyof typeof switches];
  if (!schema) {
    throw new InvalidArgumentError("use name=value with a name that --help lists.");
  }
  const { success, output } = v.safeParse(schema, fromText(value));
  if (!success) throw new InvalidArgumentError(`${name} must be ${valuesOf(schema)}.`);
  return { ...earlier, [name]: output };
}

/** Reads the switches that `pulumi-vcc conformance --behavior` writes. */
export function readBehavior(file: string): Partial<Behavior> {
  try {
    const switches = JSON.parse(readFileSync(file, "utf8"));
    behavior.behaviorWith(switches);
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
  const limit = { requests: Number(requests), windowMs: Number(time) * unitMs, retryAfter };
  const { success, output } = v.safeParse(behavior.RateLimit, limit);
  if (!success) {
    throw new InvalidArgumentError(
      "use requests per time, like 160/60s, optionally with the content of Retry-After, " +
        "like 160/60s:date: seconds, date, malformed or none.",
    );
  }
  return output;
}

export const faultForms = [
  "status:<status>",
  "reset",
  "lost-response",
  "slow:<ms>",
  "trickle:<bytes per second>",
  "truncated",
  "malformed",
  "html:<status>",
  "redirect:<url>",
  "revoke-token",
];

/** Kind → the field that its argument sets. */
const argumentOf: Record<string, string> = {
  status: "status",
  slow: "ms",
  trickle: "bytesPerSecond",
  html: "status",
  redirect: "location",
};

/** Adds one `target:kind[:argument][xN]` to the earlier ones. */
export function parseFault(text: string, earlier: FaultRule[] = []): FaultRule[] {
  const [, target, kind = "", argument, times = "1"] =
    /^(\w+):([a-z-]+?)(?::(.+?))?(?:x(\d+))?$/.exec(text) ?? [];
  const fault = {
    kind,
    ...(argument !== undefined && { [argumentOf[kind] ?? "argument"]: fromText(argument) }),
  };
  const rule = { target, times: Number(times), fault };
  const { success, output } = v.safeParse(faults.FaultRule, rule);
  if (!success) {
    throw new InvalidArgumentError(
      "use target:kind, like register:lost-response or token:status:503x2; see --help.",
    );
  }
  return [...earlier, output];
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
