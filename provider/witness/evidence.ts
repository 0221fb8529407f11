import * as z from "zod/mini";

/** When notifications carried a registration or a header set. */
export interface Observation {
  /** When it was first seen. */
  firstSeenAt: string;
  /** When it was last seen. */
  lastSeenAt: string;
  /** When it was last seen again after another one. `null` if it never came back. */
  returnedAt: string | null;
  /** When another one was first seen after it. `null` while it is the last one seen. */
  replacedAt: string | null;
}

/**
 * What a receiver has seen on authenticated notifications. Times are UTC, RFC 3339, of its clock.
 *
 * @see schemas/registration-evidence-1.schema.json
 */
export interface Evidence {
  /** The version of this format. */
  version: 1;
  /** The receiver's current time. */
  at: string;
  /** Nothing earlier is known. */
  since: string;
  /** The registered name, if the receiver has the option `provider`. */
  provider: string | null;
  /** By value of `X-Vcc-Registration`, at most 16, the last one seen first. */
  registrations: Array<
    {
      /** `null` for notifications without the header, `"malformed"` for a value that is no fingerprint. */
      registration: string | null;
      /** The name of the header set that the last of these notifications carried. */
      headerSet: string;
    } & Observation
  >;
  /** By accepted header set, the last one used first. Those never used come last, with `null` as times. */
  headerSets: Array<
    {
      /** The name of the set; `default` if there is one set without a name. */
      headerSet: string;
    } & (Observation | { [Field in keyof Observation]: null })
  >;
  /** When a request without an accepted header set last arrived. Anybody can send one. */
  lastRefusedAt: string | null;
}

/** @see RFC 3339, in UTC */
const Time = z
  .string()
  .check(
    z.maxLength(30),
    z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
    z.refine(isOnCalendar),
  );

/** `Date` reads the 31st of February as a day of March. */
function isOnCalendar(time: string): boolean {
  const date = new Date(time);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(time.slice(0, 19));
}

/** Messages show it, so it contains no line break. */
const HeaderSetName = z.string().check(z.maxLength(100), z.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u));

const observed = {
  firstSeenAt: Time,
  lastSeenAt: Time,
  returnedAt: z.nullable(Time),
  replacedAt: z.nullable(Time),
};
const never = {
  firstSeenAt: z.null(),
  lastSeenAt: z.null(),
  returnedAt: z.null(),
  replacedAt: z.null(),
};

const EvidenceSchema = z.object({
  version: z.literal(1),
  at: Time,
  since: Time,
  provider: z.nullable(z.string()),
  registrations: z
    .array(
      z.object({
        registration: z.nullable(z.string().check(z.regex(/^[\w-]{1,64}$/))),
        headerSet: HeaderSetName,
        ...observed,
      }),
    )
    .check(z.maxLength(16)),
  headerSets: z
    .array(
      z.union([
        z.object({ headerSet: HeaderSetName, ...observed }),
        z.object({ headerSet: HeaderSetName, ...never }),
      ]),
    )
    .check(z.maxLength(64)),
  lastRefusedAt: z.nullable(Time),
}) satisfies z.ZodMiniType<Evidence>;

/** Returns `undefined` for JSON that is not evidence. */
export function parseEvidence(json: unknown): Evidence | undefined {
  return EvidenceSchema.safeParse(json).data;
}
