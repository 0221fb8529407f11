import { z } from "zod";
import * as behaviour from "./behaviour";

// Apart from the types, so that no declaration of the package needs those of zod.

export const RateLimit = z.strictObject({
  requests: z.int().positive(),
  windowMs: z.int().positive(),
  retryAfter: z.enum(["seconds", "date", "malformed", "none"]),
}) satisfies z.ZodType<behaviour.RateLimit>;

/** `pulumi-vcc emulator --help` shows the descriptions. */
export const Behaviour = z.strictObject({
  successStatus: z
    .literal([200, 201, 202, 204])
    .describe("status of a successful Register or Invoke"),
  successBody: z
    .enum(["empty", "object", "text"])
    .describe("body of a successful Register or Invoke"),
  refusalBody: z
    .enum(["error", "message", "empty", "html"])
    .describe("body of 401 and 403 of the API"),
  invalidClientStatus: z.literal([400, 401]).describe("status for wrong client credentials"),
  invalidClientDescription: z.boolean().describe("whether that response describes the error"),
  tokenLifetimeS: z.int().nonnegative().describe("lifetime of a token in seconds"),
  tokenLifetimeStated: z.boolean().describe("whether the token response has expires_in"),
  tokenType: z.enum(["Bearer", "bearer", "BEARER"]).describe("case of token_type"),
  agentActions: z
    .enum(["required", "optional"])
    .describe("whether agentactionspermitted may be missing"),
  nameCase: z
    .enum(["sensitive", "insensitive"])
    .describe("whether Crm and CRM are two registrations"),
  httpEndpoints: z.enum(["refuse", "accept"]).describe("whether http endpoints are accepted"),
  rateLimit: RateLimit.nullable(),
  // The longest delay that timers support.
  latencyMs: z
    .int()
    .nonnegative()
    .max(2 ** 31 - 1),
  duplicateCallbacks: z.boolean().describe("whether each notification is sent twice"),
  reorderCallbacks: z.boolean().describe("whether Release precedes AssignToAgent"),
  batchCallbacks: z.boolean().describe("whether all notifications of an Invoke are in one array"),
}) satisfies z.ZodType<behaviour.Behaviour>;

/** @throws TypeError that names the invalid switch or value */
export function behaviourWith(switches: Partial<behaviour.Behaviour>): behaviour.Behaviour {
  const { success, data, error } = Behaviour.safeParse({
    ...behaviour.defaultBehaviour,
    ...switches,
  });
  if (!success) throw new TypeError(`behaviour: ${z.prettifyError(error)}`);
  return data;
}
