import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { z } from "zod";
import type { Behaviour, FaultRule, RateLimit } from "../emulator";
import { defaultBehaviour } from "../emulator/behaviour";
import * as behaviour from "../emulator/behaviour-schema";
import * as faults from "../emulator/http/fault-schema";

/** `rateLimit` and `latencyMs` have their own options. */
const { rateLimit, latencyMs, ...switches } = behaviour.Behaviour.shape;

/** The lines of `--help` for all switches. */
export function switchListing(): string {
  const lines = Object.entries(switches).map(([name, schema]) => {
    const value = defaultBehaviour[name as keyof Behaviour];
    return [`  ${name}=${valuesOf(schema)}`, `${schema.description} (default: ${value})`];
  });
  const width = Math.max(...lines.map(([left = ""]) => left.length)) + 2;
  return lines.map(([left = "", right]) => left.padEnd(width) + right).join("\n");
}

function valuesOf(schema: z.ZodType): string {
  const { enum: values, type } = z.toJSONSchema(schema);
  return values?.join("|") ?? (type === "boolean" ? "true|false" : "<number>");
}

/** Adds one `name=value` to the earlier ones. */
export function parseSwitch(text: string, earlier: Partial<Behaviour> = {}): Partial<Behaviour> {
  const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(text) ?? [];
  const schema = Object.hasOwn(switches, name) && switches[name as keyof typeof switches];
  if (!schema) {
    throw new InvalidArgumentError("use name=value with a name that --help lists.");
  }
  const { success, data } = schema.safeParse(fromText(value));
  if (!success) throw new InvalidArgumentError(`${name} must be ${valuesOf(schema)}.`);
  return { ...earlier, [name]: data };
}

/** Reads the switches that `pulumi-vcc conformance --behaviour` writes. */
export function readBehaviour(file: string): Partial<Behaviour> {
  try {
    const switches = JSON.parse(readFileSync(file, "utf8"));
    behaviour.behaviourWith(switches);
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
  const { success, data } = behaviour.RateLimit.safeParse(limit);
  if (!success) {
    throw new InvalidArgumentError(
      "use requests per time, like 160/60s, optionally with the content of Retry-After, " +
        "like 160/60s:date: seconds, date, malformed or none.",
    );
  }
  return data;
}

export const faultForms = [
  "status:<status>",
  "reset",
  "lost-answer",
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
  const { success, data } = faults.FaultRule.safeParse({ target, times: Number(times), fault });
  if (!success) {
    throw new InvalidArgumentError(
      "use target:kind, like register:lost-answer or token:status:503x2; see --help.",
    );
  }
  return [...earlier, data];
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
