import { inspect as nodeInspect } from "node:util";

/** One input, and what must come of it: an equal registration or setting, or one clear error. */
export interface Case {
  input: unknown;
  /** A part of the message. Missing if the input is accepted. */
  refusal?: string;
  /** What VCC, or the setting, then has. @default the input */
  effect?: unknown;
}

export function accepted(...inputs: unknown[]): Case[] {
  return inputs.map((input) => ({ input }));
}

export function acceptedAs(effect: unknown, ...inputs: unknown[]): Case[] {
  return inputs.map((input) => ({ input, effect }));
}

export function refused(refusal: string, ...inputs: unknown[]): Case[] {
  return inputs.map((input) => ({ input, refusal }));
}

/** How a test names an input. */
export function labelOf(input: unknown): string {
  const text = typeof input === "string" ? JSON.stringify(input) : inspect(input);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function inspect(input: unknown): string {
  return typeof input === "function" ? "a function" : nodeInspect(input, { breakLength: Infinity });
}
