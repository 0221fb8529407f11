import * as v from "valibot";
import { count, delay, isObject, JsonObject, positiveCount, wholeNumber } from "../schema";
import type * as fault from "./fault";

const status = v.pipe(wholeNumber, v.minValue(200), v.maxValue(599));
/** Rejects what Node's server could not send. */
function canBeSent(headers: unknown): boolean {
  if (!isObject(headers)) return false;
  if (!Object.values(headers).every((value) => typeof value === "string")) return false;
  try {
    return new Headers({ ...headers }) !== undefined;
  } catch {
    return false;
  }
}

const Fault = v.variant("kind", [
  v.strictObject({
    kind: v.literal("status"),
    status,
    headers: v.optional(
      v.custom<Record<string, string>>(canBeSent, "these headers cannot be sent"),
    ),
    body: v.optional(v.string()),
  }),
  v.strictObject({ kind: v.literal("reset") }),
  v.strictObject({ kind: v.literal("lost-response") }),
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
    bytes: v.optional(count),
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
  times: v.optional(positiveCount),
  fault: v.pipe(JsonObject, Fault),
}) satisfies v.GenericSchema<unknown, fault.FaultRule>;
