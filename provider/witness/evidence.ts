import * as v from "valibot";

/** @see RFC 3339, in UTC */
const Time = v.pipe(
  v.string(),
  v.maxLength(30),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
  v.check(exists),
);

/** `Date` reads the 31st of February as a day of March. */
function exists(time: string): boolean {
  const date = new Date(time);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(time.slice(0, 19));
}

const Observation = {
  firstSeenAt: Time,
  lastSeenAt: Time,
  /** When it was last seen again after another one. */
  returnedAt: v.nullable(Time),
  /** When another one was first seen after it. */
  replacedAt: v.nullable(Time),
};

/** A name from outside that messages show. */
const Name = v.pipe(v.string(), v.maxLength(100), v.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u));

/**
 * What a witness has seen on authenticated notifications. All times are of its clock.
 *
 * @see schemas/registration-evidence-1.schema.json
 */
export const Evidence = v.object({
  version: v.literal(1),
  at: Time,
  since: Time,
  provider: v.nullable(v.string()),
  /** The last one seen first. A fingerprint, or whatever else the header contained. */
  registrations: v.pipe(
    v.array(
      v.object({
        registration: v.nullable(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/))),
        headerSet: Name,
        ...Observation,
      }),
    ),
    v.maxLength(16),
  ),
  headerSets: v.pipe(
    v.array(v.object({ headerSet: Name, replacedAt: v.nullable(Time) })),
    v.maxLength(64),
  ),
});
export type Evidence = v.InferOutput<typeof Evidence>;

/** @returns undefined if it is not evidence */
export function parseEvidence(json: unknown): Evidence | undefined {
  const { success, output } = v.safeParse(Evidence, json);
  return success ? output : undefined;
}
