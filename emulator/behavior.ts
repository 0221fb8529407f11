import * as z from "zod/mini";
import { count, delay, parse, positiveCount } from "./schema";

/**
 * Switches for whatever VCC leaves undocumented. A client must work with every value of each switch. The
 * defaults are what most pages of the documentation suggest, or the stricter interpretation.
 */
export interface Behavior {
  /** The status of a successful Register or Invoke. @default 200 */
  successStatus: 200 | 201 | 202 | 204;
  /**
   * The body of a successful Register or Invoke: `"object"` is `{}`, `"text"` is not JSON. A 204 has none.
   * @default "empty"
   */
  successBody: "empty" | "object" | "text";
  /**
   * The body of 401 and 403 of the API. VCC's sibling APIs use `"error"`, an `error` with an
   * `error_description`, and `"message"`, like `{"message":"Unauthorized"}`.
   * @default "error"
   */
  refusalBody: "error" | "message" | "empty" | "html";
  /** The status for wrong client credentials. RFC 6749 allows both. @default 400 */
  invalidClientStatus: 400 | 401;
  /** Whether that response contains more than `{"error":"invalid_client"}`. @default true */
  invalidClientDescription: boolean;
  /**
   * The lifetime of a token in seconds. The documentation says "always 7200", but one page shows 900.
   * @default 7200
   */
  tokenLifetimeS: number;
  /**
   * Whether the token response has `expires_in`. Every page shows it; RFC 6749 does not require it.
   * @default true
   */
  tokenLifetimeStated: boolean;
  /** The case of `token_type`. The pages show two; RFC 6749 ignores case. @default "Bearer" */
  tokenType: "Bearer" | "bearer" | "BEARER";
  /**
   * Whether `agentactionspermitted` may be missing. It is documented as required, but official examples
   * omit it.
   * @default "required"
   */
  agentActions: "required" | "optional";
  /** Whether names that differ only by case are one registration. @default "sensitive" */
  nameCase: "sensitive" | "insensitive";
  /**
   * Whether an `http` endpoint is accepted; `https` is documented. `"accept"` also lets callbacks reach a
   * receiver without a certificate.
   * @default "refuse"
   */
  httpEndpoints: "refuse" | "accept";
  /**
   * The fair-use limit. Documented is that it exists, responds with 429, and is shared by all APIs. Not
   * documented are its size (a sibling API has 160 a minute), its window, `Retry-After`, and whether token
   * requests count, as they do here. `null`: no limit.
   * @default null
   */
  rateLimit: RateLimit | null;
  /** The delay of each response in milliseconds, after the request took effect. @default 0 */
  latencyMs: number;
  /** Whether each notification arrives twice, with the same `notificationid`. @default false */
  duplicateCallbacks: boolean;
  /** Whether, within one Invoke, `Release` precedes `AssignToAgent`. @default false */
  reorderCallbacks: boolean;
  /** Whether one array has all notifications of an Invoke, instead of one. @default false */
  batchCallbacks: boolean;
}

/** A fair-use limit. */
export interface RateLimit {
  /** The number of requests in a window: token, Register and Invoke together. */
  requests: number;
  /** The length of a window, in milliseconds. It starts with its first request. */
  windowMs: number;
  /** The content of `Retry-After`; `"malformed"` is neither seconds nor a date. */
  retryAfter: "seconds" | "date" | "malformed" | "none";
}

const RateLimit = z.strictObject({
  requests: positiveCount,
  windowMs: positiveCount,
  retryAfter: z.literal(["seconds", "date", "malformed", "none"]),
}) satisfies z.ZodMiniType<RateLimit>;

type Row<Value> = [schema: z.ZodMiniType<Value>, defaultValue: Value, help?: string];

/** Switch → schema, default, and what `--help` says. `rateLimit` and `latencyMs` have their own options. */
const table = {
  successStatus: [
    z.literal([200, 201, 202, 204]),
    200,
    "status of a successful Register or Invoke",
  ],
  successBody: [
    z.literal(["empty", "object", "text"]),
    "empty",
    "body of a successful Register or Invoke",
  ],
  refusalBody: [
    z.literal(["error", "message", "empty", "html"]),
    "error",
    "body of 401 and 403 of the API",
  ],
  invalidClientStatus: [z.literal([400, 401]), 400, "status for wrong client credentials"],
  invalidClientDescription: [z.boolean(), true, "whether that response describes the error"],
  tokenLifetimeS: [count, 7200, "lifetime of a token in seconds"],
  tokenLifetimeStated: [z.boolean(), true, "whether the token response has expires_in"],
  tokenType: [z.literal(["Bearer", "bearer", "BEARER"]), "Bearer", "case of token_type"],
  agentActions: [
    z.literal(["required", "optional"]),
    "required",
    "whether agentactionspermitted may be missing",
  ],
  nameCase: [
    z.literal(["sensitive", "insensitive"]),
    "sensitive",
    "whether Crm and CRM are two registrations",
  ],
  httpEndpoints: [z.literal(["refuse", "accept"]), "refuse", "whether http endpoints are accepted"],
  rateLimit: [z.nullable(RateLimit), null],
  latencyMs: [delay, 0],
  duplicateCallbacks: [z.boolean(), false, "whether each notification is sent twice"],
  reorderCallbacks: [z.boolean(), false, "whether Release precedes AssignToAgent"],
  batchCallbacks: [z.boolean(), false, "whether all notifications of an Invoke are in one array"],
} satisfies { [Name in keyof Behavior]: Row<Behavior[Name]> };

const rows: Array<[name: string, row: Row<unknown>]> = Object.entries(table);

const Behavior = z.strictObject(
  Object.fromEntries(rows.map(([name, [schema]]) => [name, schema])) as {
    [Name in keyof Behavior]: z.ZodMiniType<Behavior[Name]>;
  },
);

export const defaultBehavior = Object.fromEntries(
  rows.map(([name, [, defaultValue]]) => [name, defaultValue]),
) as unknown as Readonly<Behavior>;

/** @throws TypeError that names each invalid switch */
export function behaviorWith(
  switches: Partial<Behavior>,
  base: Readonly<Behavior> = defaultBehavior,
): Behavior {
  return { ...base, ...parse(z.partial(Behavior), switches, ["behavior"]) } as Behavior;
}

/** The switches of `--behavior`, and the values of each as `--help` shows them. */
export const namedSwitches = rows.flatMap(([name, [schema, defaultValue, help]]) =>
  help === undefined
    ? []
    : [{ name, values: valuesOf(schema), defaultValue: String(defaultValue), help }],
);

function valuesOf({ def }: z.ZodMiniType & { def: object }): string {
  if ("values" in def) return (def.values as unknown[]).join("|");
  return def.type === "boolean" ? "true|false" : "<number>";
}
