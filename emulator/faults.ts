import { z } from "zod";
import type { Endpoint } from "./endpoints";

/** What goes wrong, and for which of the requests to come. */
export interface FaultRule {
  /** `"api"`: Register and Invoke. `"any"`: these and the token endpoint. */
  target: Endpoint | "api" | "any";
  /** How many requests. @default 1 */
  times?: number | undefined;
  fault: Fault;
}

export type Fault =
  /**
   * An answer in VCC's place; the request has no effect. Without a body, a 401 or 403 of the API has
   * that of `refusalBody`, any other status none.
   */
  | {
      kind: "status";
      status: number;
      headers?: Record<string, string> | undefined;
      body?: string | undefined;
    }
  /** The connection is reset before the body is read; the request has no effect. */
  | { kind: "reset" }
  /** The request takes effect, and the connection is reset instead of an answer: a lost acknowledgement. */
  | { kind: "lost-answer" }
  /** The request takes effect, and the answer comes after `ms` milliseconds. */
  | { kind: "slow"; ms: number }
  /** The request takes effect, and the answer has a body that never ends. */
  | { kind: "trickle"; bytesPerSecond: number }
  /** The request takes effect; `Content-Length` promises more than comes before the connection ends. */
  | { kind: "truncated" }
  /** The request takes effect; the answer has its usual status and broken JSON. */
  | { kind: "malformed" }
  /** A gateway's page in VCC's place, of `bytes` bytes; the request has no effect. */
  | { kind: "html"; status: number; bytes?: number | undefined }
  /** The request has no effect. The status is 302 if there is none. */
  | { kind: "redirect"; location: string; status?: 301 | 302 | 303 | 307 | 308 | undefined }
  /** All tokens are revoked before the request is looked at. */
  | { kind: "revoke-token" };

/** A longer timer would end at once. */
const longestTimerMs = 2 ** 31 - 1;

const status = z.int().min(200).max(599);
// What Node's server would refuse to send has to be refused here.
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
      .refine(canBeSent, "no headers that can be sent")
      .optional(),
    body: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal("reset") }),
  z.strictObject({ kind: z.literal("lost-answer") }),
  z.strictObject({ kind: z.literal("slow"), ms: z.int().nonnegative().max(longestTimerMs) }),
  z.strictObject({
    kind: z.literal("trickle"),
    bytesPerSecond: z.number().positive().max(1_000_000),
  }),
  z.strictObject({ kind: z.literal("truncated") }),
  z.strictObject({ kind: z.literal("malformed") }),
  z.strictObject({ kind: z.literal("html"), status, bytes: z.int().nonnegative().optional() }),
  z.strictObject({
    kind: z.literal("redirect"),
    location: z.string().refine((location) => canBeSent({ location }), "no header can hold it"),
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
  /** @throws TypeError that names what is wrong with the rule */
  add(rule: FaultRule): void;
  /** Uses up one of the first rule that matches. */
  take(endpoint: Endpoint): Fault | undefined;
  /** What is still to come, in order, with the times that are left. */
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
