import * as v from "valibot";
import * as behavior from "./behavior";
import { count, delay, JsonObject, parse, positiveCount } from "./schema";

// Apart from the types, so that no declaration of the package needs those of valibot.

export const RateLimit = v.strictObject({
  requests: positiveCount,
  windowMs: positiveCount,
  retryAfter: v.picklist(["seconds", "date", "malformed", "none"]),
}) satisfies v.GenericSchema<behavior.RateLimit>;

/** A schema whose description `pulumi-vcc emulator --help` shows. */
function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

export const Behavior = v.strictObject({
  successStatus: described(
    v.picklist([200, 201, 202, 204]),
    "status of a successful Register or Invoke",
  ),
  successBody: described(
    v.picklist(["empty", "object", "text"]),
    "body of a successful Register or Invoke",
  ),
  refusalBody: described(
    v.picklist(["error", "message", "empty", "html"]),
    "body of 401 and 403 of the API",
  ),
  invalidClientStatus: described(v.picklist([400, 401]), "status for wrong client credentials"),
  invalidClientDescription: described(v.boolean(), "whether that response describes the error"),
  tokenLifetimeS: described(count, "lifetime of a token in seconds"),
  tokenLifetimeStated: described(v.boolean(), "whether the token response has expires_in"),
  tokenType: described(v.picklist(["Bearer", "bearer", "BEARER"]), "case of token_type"),
  agentActions: described(
    v.picklist(["required", "optional"]),
    "whether agentactionspermitted may be missing",
  ),
  nameCase: described(
    v.picklist(["sensitive", "insensitive"]),
    "whether Crm and CRM are two registrations",
  ),
  httpEndpoints: described(v.picklist(["refuse", "accept"]), "whether http endpoints are accepted"),
  rateLimit: v.nullable(v.pipe(JsonObject, RateLimit)),
  latencyMs: delay,
  duplicateCallbacks: described(v.boolean(), "whether each notification is sent twice"),
  reorderCallbacks: described(v.boolean(), "whether Release precedes AssignToAgent"),
  batchCallbacks: described(v.boolean(), "whether all notifications of an Invoke are in one array"),
}) satisfies v.GenericSchema<unknown, behavior.Behavior>;

/** @throws TypeError that names the invalid switch or value */
export function behaviorWith(switches: Partial<behavior.Behavior>): behavior.Behavior {
  const parsed = parse(Behavior, { ...behavior.defaultBehavior, ...switches });
  if ("problem" in parsed) throw new TypeError(`behavior: ${parsed.problem}`);
  return parsed.output;
}
