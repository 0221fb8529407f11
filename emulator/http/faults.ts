import { z } from "zod";
import type { Endpoint } from "../vcc/endpoints";

/** A fault, and the requests that it applies to. */
export interface FaultRule {
  /** `"api"`: Register and Invoke. `"any"`: these and the token endpoint. */
  target: Endpoint | "api" | "any";
  /** The number of requests. @default 1 */
  times?: number | undefined;
  fault: Fault;
}

export type Fault =
  /**
   * A response in place of VCC's; the request has no effect. If there is no body, a 401 or 403 of the
   * API has the one of `refusalBody`, and other responses have none.
   */
  | {
      kind: "status";
      status: number;
      headers?: Record<string, string> | undefined;
      body?: string | undefined;
    }
  /** Resets the connection before the body is read; the request has no effect. */
  | { kind: "reset" }
  /** The request takes effect; a connection reset replaces the response. */
  | { kind: "lost-answer" }
  /** The request takes effect; the response comes after `ms` milliseconds. */
  | { kind: "slow"; ms: number }
  /** The request takes effect; the response has a body that never ends. */
  | { kind: "trickle"; bytesPerSecond: number }
  /** The request takes effect; the connection closes in the middle of the body. */
  | { kind: "truncated" }
  /** The request takes effect; the response has its usual status and malformed JSON. */
  | { kind: "malformed" }
  /** A gateway's HTML page of `bytes` bytes; the request has no effect. */
  | { kind: "html"; status: number; bytes?: number | undefined }
  /** The request has no effect. The default status is 302. */
  | { kind: "redirect"; location: string; status?: 301 | 302 | 303 | 307 | 308 | undefined }
  /** Revokes all tokens before the request is processed. */
  | { kind: "revoke-token" };

/** The longest delay that timers support. */
const maxTimerMs = 2 ** 31 - 1;

const status = z.int().min(200).max(599);
/** Rejects what Node's server could not send. */
const canBeSent = (headers: Record<string, string>) => {
  try {
    return new Headers(headers) !== undefined;
  } catch {
    return false;
  }
};

export const Fault = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status,
    headers: z
      .record(z.string(), z.string())
      .refine(canBeSent, "these headers cannot be sent")
      .optional(),
    body: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal("reset") }),
  z.strictObject({ kind: z.literal("lost-answer") }),
  z.strictObject({ kind: z.literal("slow"), ms: z.int().nonnegative().max(maxTimerMs) }),
  z.strictObject({
    kind: z.literal("trickle"),
    bytesPerSecond: z.number().positive().max(1_000_000),
  }),
  z.strictObject({ kind: z.literal("truncated") }),
  z.strictObject({ kind: z.literal("malformed") }),
  z.strictObject({ kind: z.literal("html"), status, bytes: z.int().nonnegative().optional() }),
  z.strictObject({
    kind: z.literal("redirect"),
    location: z
      .string()
      .refine((location) => canBeSent({ location }), "is not a valid header value"),
    status: z.literal([301, 302, 303, 307, 308]).optional(),
  }),
  z.strictObject({ kind: z.literal("revoke-token") }),
]) satisfies z.ZodType<Fault>;

export const FaultRule = z.strictObject({
  target: z.enum(["token", "register", "invoke", "api", "any"]),
  times: z.int().positive().optional(),
  fault: Fault,
}) satisfies z.ZodType<FaultRule>;

export interface Faults {
  /** @throws TypeError that describes the problem */
  add(rule: FaultRule): void;
  /** Applies the first matching rule once. */
  take(endpoint: Endpoint): Fault | undefined;
  /** The rules that still apply, in order, with their remaining times. */
  all(): FaultRule[];
  clear(): void;
}

export function createFaults(onChange: () => void): Faults {
  let rules: Array<FaultRule & { times: number }> = [];

  return {
    add(rule) {
      const { success, data, error } = FaultRule.safeParse(rule);
      if (!success) throw new TypeError(`fault: ${z.prettifyError(error)}`);
      rules.push({ ...data, times: data.times ?? 1 });
      onChange();
    },
    take(endpoint) {
      const rule = rules.find(
        ({ target }) =>
          target === endpoint || target === "any" || (target === "api" && endpoint !== "token"),
      );
      if (rule === undefined) return undefined;
      rule.times -= 1;
      rules = rules.filter(({ times }) => times > 0);
      onChange();
      return rule.fault;
    },
    all: () => structuredClone(rules),
    clear() {
      rules = [];
      onChange();
    },
  };
}
