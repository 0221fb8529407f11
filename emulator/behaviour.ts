import { z } from "zod";

/**
 * What VCC's documentation leaves open, as switches. A client has to cope with every value of each.
 * The defaults are what most pages suggest, or the stricter reading.
 */
export interface Behaviour {
  /**
   * Undocumented by VCC: the status of a successful Register or Invoke.
   * @default 200
   */
  successStatus: 200 | 201 | 202 | 204;
  /**
   * Undocumented by VCC: the body of a successful Register or Invoke. `"object"` is `{}`, `"text"` is
   * no JSON. A 204 has none.
   * @default "empty"
   */
  successBody: "empty" | "object" | "text";
  /**
   * Undocumented by VCC: the body of 401 and 403 of the API. Its sibling APIs have `"error"`, an
   * `error` with an `error_description`, and `"message"`, as in `{"message":"Unauthorized"}`.
   * @default "error"
   */
  refusalBody: "error" | "message" | "empty" | "html";
  /**
   * Undocumented by VCC: the status for wrong client credentials. RFC 6749 allows both.
   * @default 400
   */
  invalidClientStatus: 400 | 401;
  /**
   * Undocumented by VCC: whether that answer says more than `{"error":"invalid_client"}`.
   * @default true
   */
  invalidClientDescription: boolean;
  /**
   * Undocumented by VCC: how long a token lives, in seconds: "always 7200", but a page shows 900.
   * @default 7200
   */
  tokenLifetimeS: number;
  /**
   * Undocumented by VCC: whether `expires_in` can be missing. Every page shows it, RFC 6749 does not
   * require it.
   * @default true
   */
  tokenLifetimeStated: boolean;
  /**
   * Undocumented by VCC: the case of `token_type`; the pages show two. RFC 6749 ignores case.
   * @default "Bearer"
   */
  tokenType: "Bearer" | "bearer" | "BEARER";
  /**
   * Undocumented by VCC: whether `agentactionspermitted` may be missing. It is called required, and
   * left out in official examples.
   * @default "required"
   */
  agentActions: "required" | "optional";
  /**
   * Undocumented by VCC: whether names that differ only by case are one registration.
   * @default "sensitive"
   */
  nameCase: "sensitive" | "insensitive";
  /**
   * Undocumented by VCC: what an `http` endpoint does; `https` is documented. `"accept"` also lets
   * callbacks reach a receiver without a certificate.
   * @default "refuse"
   */
  httpEndpoints: "refuse" | "accept";
  /**
   * The fair-use limit is documented, shared by all APIs, with 429. Undocumented by VCC: its size
   * (160 a minute is quoted for a sibling), its window, `Retry-After`, and whether the token endpoint
   * counts, as it does here. `null`: no limit.
   * @default null
   */
  rateLimit: RateLimit | null;
  /**
   * Undocumented by VCC: how long an answer takes. Milliseconds before each, after the request took
   * effect.
   * @default 0
   */
  latencyMs: number;
  /**
   * Undocumented by VCC: whether a callback can come twice. Then each notification does, with the same
   * `notificationid`.
   * @default false
   */
  duplicateCallbacks: boolean;
  /**
   * Undocumented by VCC: the order of callbacks. `true`: those of one Invoke come with `Release` before
   * `AssignToAgent`.
   * @default false
   */
  reorderCallbacks: boolean;
  /**
   * Undocumented by VCC: how many notifications an array holds. `true`: all of one Invoke, else one.
   * @default false
   */
  batchCallbacks: boolean;
}

export interface RateLimit {
  /** How many requests a window lets through: token, Register and Invoke together. */
  requests: number;
  /** Milliseconds. */
  windowMs: number;
  /** What `Retry-After` holds; `"malformed"` is neither seconds nor a date. */
  retryAfter: "seconds" | "date" | "malformed" | "none";
}

export const RateLimit = z.strictObject({
  requests: z.int().positive(),
  windowMs: z.int().positive(),
  retryAfter: z.enum(["seconds", "date", "malformed", "none"]),
}) satisfies z.ZodType<RateLimit>;

/** The descriptions are what `pulumi-vcc emulator --help` says. */
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
  invalidClientDescription: z.boolean().describe("whether that answer describes the error"),
  tokenLifetimeS: z.int().nonnegative().describe("seconds that a token lives"),
  tokenLifetimeStated: z.boolean().describe("whether the token answer has expires_in"),
  tokenType: z.enum(["Bearer", "bearer", "BEARER"]).describe("case of token_type"),
  agentActions: z
    .enum(["required", "optional"])
    .describe("whether agentactionspermitted may be missing"),
  nameCase: z
    .enum(["sensitive", "insensitive"])
    .describe("whether Crm and CRM are two registrations"),
  httpEndpoints: z.enum(["refuse", "accept"]).describe("what an http endpoint does"),
  rateLimit: RateLimit.nullable(),
  // A longer timer would end at once.
  latencyMs: z
    .int()
    .nonnegative()
    .max(2 ** 31 - 1),
  duplicateCallbacks: z.boolean().describe("whether each notification is sent twice"),
  reorderCallbacks: z.boolean().describe("whether Release comes before AssignToAgent"),
  batchCallbacks: z.boolean().describe("whether all of an Invoke come in one array"),
}) satisfies z.ZodType<Behaviour>;

export const defaultBehaviour: Readonly<Behaviour> = {
  successStatus: 200,
  successBody: "empty",
  refusalBody: "error",
  invalidClientStatus: 400,
  invalidClientDescription: true,
  tokenLifetimeS: 7200,
  tokenLifetimeStated: true,
  tokenType: "Bearer",
  agentActions: "required",
  nameCase: "sensitive",
  httpEndpoints: "refuse",
  rateLimit: null,
  latencyMs: 0,
  duplicateCallbacks: false,
  reorderCallbacks: false,
  batchCallbacks: false,
};

/** @throws TypeError that names what is no switch, or no value of one */
export function behaviourWith(switches: Partial<Behaviour>): Behaviour {
  const { success, data, error } = Behaviour.safeParse({ ...defaultBehaviour, ...switches });
  if (!success) throw new TypeError(`behaviour: ${z.prettifyError(error)}`);
  return data;
}
