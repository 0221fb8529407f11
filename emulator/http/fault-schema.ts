import * as v from "valibot";
import { delay, notNegative, positive } from "../body-schema";
import type * as fault from "./fault";

const status = v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599));
/** Rejects what Node's server could not send. */
const canBeSent = (headers: Record<string, string>) => {
  try {
    return new Headers(headers) !== undefined;
  } catch {
    return false;
  }
};

const Fault = v.variant("kind", [
  v.strictObject({
    kind: v.literal("status"),
    status,
    headers: v.optional(
      v.pipe(v.record(v.string(), v.string()), v.check(canBeSent, "these headers cannot be sent")),
    ),
    body: v.optional(v.string()),
  }),
  v.strictObject({ kind: v.literal("reset") }),
  v.strictObject({ kind: v.literal("lost-answer") }),
  v.strictObject({
    kind: v.literal("slow"),
    ms: delay,
  }),
  v.strictObject({
    kind: v.literal("trickle"),
    bytesPerSecond: v.pipe(v.number(), v.gtValue(0), v.maxValue(1_000_000)),
  }),
  v.strictObject({ kind: v.literal("truncated") }),
  v.strictObject({ kind: v.literal("malformed") }),
  v.strictObject({
    kind: v.literal("html"),
    status,
    bytes: v.optional(notNegative),
  }),
  v.strictObject({
    kind: v.literal("redirect"),
    location: v.pipe(
      v.string(),
      v.check((location) => canBeSent({ location }), "is not a valid header value"),
    ),
    status: v.optional(v.picklist([301, 302, 303, 307, 308])),
  }),
  v.strictObject({ kind: v.literal("revoke-token") }),
]) satisfies v.GenericSchema<fault.Fault>;

export const FaultRule = v.strictObject({
  target: v.picklist(["token", "register", "invoke", "api", "any"]),
  times: v.optional(positive),
  fault: Fault,
}) satisfies v.GenericSchema<fault.FaultRule>;
