import { z } from "zod";
import type * as fault from "./fault";

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

const Fault = z.discriminatedUnion("kind", [
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
]) satisfies z.ZodType<fault.Fault>;

export const FaultRule = z.strictObject({
  target: z.enum(["token", "register", "invoke", "api", "any"]),
  times: z.int().positive().optional(),
  fault: Fault,
}) satisfies z.ZodType<fault.FaultRule>;
