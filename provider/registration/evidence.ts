import { z } from "zod";

const Time = z.iso.datetime().max(30);

const Sighting = {
  firstSeenAt: Time,
  lastSeenAt: Time,
  /** When it was last seen again after another one. */
  returnedAt: Time.nullable(),
  /** When another one was first seen after it. */
  replacedAt: Time.nullable(),
};

/** A name from outside that messages show. */
const Name = z
  .string()
  .max(100)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);

/**
 * What a witness has seen on authenticated notifications. All times are of its clock.
 *
 * @see schemas/registration-evidence-1.schema.json
 */
export const Evidence = z.object({
  version: z.literal(1),
  at: Time,
  since: Time,
  provider: z.string().nullable(),
  /** The last one seen first. A fingerprint, or whatever else the header contained. */
  registrations: z
    .array(
      z.object({
        registration: z
          .string()
          .regex(/^[\w-]{1,64}$/)
          .nullable(),
        headerSet: Name,
        ...Sighting,
      }),
    )
    .max(16),
  headerSets: z.array(z.object({ headerSet: Name, replacedAt: Time.nullable() })).max(64),
});
export type Evidence = z.infer<typeof Evidence>;

/** @returns undefined if it is not evidence */
export function parseEvidence(json: unknown): Evidence | undefined {
  return Evidence.safeParse(json).data;
}
