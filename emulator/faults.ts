import * as z from "zod/mini";
import { count, delay, parse, positiveCount } from "./schema";
import type { Endpoint } from "./vcc/vcc";

/** A fault, and the requests that it applies to. */
export interface FaultRule {
  /** `"api"`: Register and Invoke. `"any"`: these and the token endpoint. */
  target: Endpoint | "api" | "any";
  /** The number of requests. @default 1 */
  times?: number | undefined;
  /** What happens to the request. */
  fault: Fault;
}

/** A rule that still applies. */
export interface PendingFault extends FaultRule {
  /** Unique in the life of the emulator. */
  id: number;
  /** The remaining number of requests. */
  times: number;
}

/** How a request or its response fails. */
export type Fault =
  | {
      /** A response in place of VCC's; the request has no effect. */
      kind: "status";
      /** 200 to 599. */
      status: number;
      /** They override the default ones, like `Content-Type`. @default none */
      headers?: Record<string, string> | undefined;
      /** @default none; for a 401 or 403 of the API, the one of `refusalBody` */
      body?: string | undefined;
    }
  | {
      /** Resets the connection before the body is read; the request has no effect. */
      kind: "reset";
    }
  | {
      /** The request takes effect; a connection reset replaces the response. */
      kind: "lost-response";
    }
  | {
      /** The request takes effect; the response is delayed. */
      kind: "slow";
      /** The delay in milliseconds, at most 2,147,483,647. */
      ms: number;
    }
  | {
      /** The request takes effect; the response has a body that never ends. */
      kind: "trickle";
      /** More than 0, at most 1,000,000. */
      bytesPerSecond: number;
    }
  | {
      /** The request takes effect; the connection closes in the middle of the body. */
      kind: "truncated";
    }
  | {
      /** The request takes effect; the response has its usual status and malformed JSON. */
      kind: "malformed";
    }
  | {
      /** A gateway's HTML page; the request has no effect. */
      kind: "html";
      /** 200 to 599. */
      status: number;
      /** The length of the page in bytes. @default that of a short page */
      bytes?: number | undefined;
    }
  | {
      /** A redirect; the request has no effect. */
      kind: "redirect";
      /** The content of `Location`. */
      location: string;
      /** @default 302 */
      status?: 301 | 302 | 303 | 307 | 308 | undefined;
    }
  | {
      /** Revokes all tokens before the request is processed. */
      kind: "revoke-token";
    };

const status = z.int().check(z.minimum(200), z.maximum(599));
const headers = z
  .record(z.string(), z.string())
  .check(z.refine(canBeSent, "these headers cannot be sent"));
const location = z
  .string()
  .check(z.refine((value) => canBeSent({ location: value }), "is not a valid header value"));

type Fields<Kind extends Fault["kind"]> = Omit<Extract<Fault, { kind: Kind }>, "kind">;

/** Kind → its fields. The first one is the argument of `--fault`. */
const kinds = {
  status: { status, headers: z.optional(headers), body: z.optional(z.string()) },
  reset: {},
  "lost-response": {},
  slow: { ms: delay },
  trickle: { bytesPerSecond: z.number().check(z.gt(0), z.lte(1_000_000)) },
  truncated: {},
  malformed: {},
  html: { status, bytes: z.optional(count) },
  redirect: { location, status: z.optional(z.literal([301, 302, 303, 307, 308])) },
  "revoke-token": {},
} satisfies {
  [Kind in Fault["kind"]]: { [Name in keyof Fields<Kind>]-?: z.ZodMiniType<Fields<Kind>[Name]> };
};

const variants = Object.entries(kinds).map(([kind, fields]) =>
  z.strictObject({ kind: z.literal(kind), ...fields }),
);
const Rule = z.strictObject({
  target: z.literal(["token", "register", "invoke", "api", "any"]),
  times: z._default(positiveCount, 1),
  fault: z.discriminatedUnion("kind", variants as [(typeof variants)[number]]),
});

/** @throws TypeError that describes each problem */
export function parseFaultRule(rule: unknown): FaultRule & { times: number } {
  return parse(Rule, rule, ["rule"]) as FaultRule & { times: number };
}

/** Kind → the field that the argument of `--fault <target>:<kind>:<argument>` sets. */
export const faultArguments: Record<string, string | undefined> = Object.fromEntries(
  Object.entries(kinds).map(([kind, fields]) => [kind, Object.keys(fields)[0]]),
);

/** Whether Node's server can send these headers. */
function canBeSent(headers: Record<string, string>): boolean {
  try {
    return new Headers(headers) !== undefined;
  } catch {
    return false;
  }
}

export type Faults = ReturnType<typeof createFaults>;

export function createFaults(onChange: () => void) {
  let added = 0;
  let rules: PendingFault[] = [];

  /** @throws TypeError that describes each problem */
  function add(rule: FaultRule): void {
    try {
      rules.push({ id: added++, ...parseFaultRule(rule) });
    } catch (error) {
      // The stack begins at the caller.
      Error.captureStackTrace(error as Error, add);
      throw error;
    }
    onChange();
  }

  return {
    add,
    /** Applies the first matching rule once. */
    take(endpoint: Endpoint): Fault | undefined {
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
    /** The rules that still apply, in order, with their remaining times. */
    all: (): PendingFault[] => structuredClone(rules),
    /** @returns whether the rule still applied */
    remove(id: number): boolean {
      const left = rules.filter((rule) => rule.id !== id);
      const removed = left.length < rules.length;
      rules = left;
      if (removed) onChange();
      return removed;
    },
    clear(): void {
      rules = [];
      onChange();
    },
  };
}
