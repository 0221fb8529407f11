/**
 * Who can say which registration VCC uses: `true` for the witness at the origin of the endpoint, or its
 * URL.
 */
export type Witness = boolean | string | WitnessOptions;

/** A witness that is not only a URL. */
export interface WitnessOptions {
  /** @default `/.well-known/vcc-registration` at the origin of the endpoint */
  url?: string;
  /** Whether a refresh fails if the witness cannot be asked. @default false */
  required?: boolean;
}

/** The header that identifies a registration with a witness on each notification. */
export const registrationHeader = "X-Vcc-Registration";

/** The header that marks the requests of `pulumi-vcc verify`, which are no evidence. */
export const verifyHeader = "X-Vcc-Verify";

/** The beginning of every `objectid` and `externalid` of `pulumi-vcc verify`. */
export const verifyIdPrefix = "pulumi-vcc-verify-";

/** Where a witness is without another URL, at the origin of the endpoint. */
export const witnessPath = "/.well-known/vcc-registration";

/** What evidence shows. An output `evidence` begins with one of these. */
const verdicts = ["verified", "unverified", "rotating", "drifted", "contested"] as const;
export type Verdict = (typeof verdicts)[number];

/** The verdict at the beginning of an output `evidence` or `drift`. `undefined` if there is none. */
export function verdictOf(text: string): Verdict | undefined {
  return verdicts.find((verdict) => text === verdict || text.startsWith(`${verdict}: `));
}

/** How a message ends about a witness token that is missing or refused: a refresh has the former configuration. */
export const formerTokenHint =
  "if you changed it since the last pulumi up, run pulumi up first, or refresh with --run-program";

/** The value of `drift` while nothing contradicts the registration. */
export const noDrift = "none";
