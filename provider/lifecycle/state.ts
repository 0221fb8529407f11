import { isDeepStrictEqual } from "node:util";
import { type Region, regions } from "../accounts/settings";
import { isPlainObject } from "../plain-object";
import { containsUnknown, isUnknown, unknownPaths } from "../pulumi-values";
import { type Declaration, declarationKey } from "../resource/properties";
import { hasWitness, isWitness } from "../witness/argument";
import { noDrift } from "../witness/witness";
import type { DeclaredRegistration } from "./arguments";

/** The result of `check`: the inputs in the state, which the engine compares. */
export interface RegistrationInputs extends DeclaredRegistration {
  region: Region;
  /** The API client that registers, and its URL. Missing if the client is unknown. */
  accountFingerprint?: string;
  fingerprintKey: string;
  headerFingerprints: Record<string, string>;
  drift: string;
  /** The start of its calendar window: UTC, RFC 3339. Missing without `reassertEvery`. */
  reassertWindow?: string;
  /**
   * The `unknown` of the declaration in an `up`, which has nothing to register then. Never in a state: create and
   * update fail.
   */
  unknown?: Declaration["unknown"];
}

/** What is known after a registration: the outputs in the state. */
export interface RegistrationOutputs extends RegistrationInputs, Registered {}

interface Registered {
  registrationFingerprint: string;
  /** Missing until VCC has acknowledged the first registration. */
  registeredAt?: string;
  /** Of the registration before this one. Only with a witness. */
  formerFingerprint?: string;
  /** When a witness last saw this registration in use. */
  verifiedAt?: string;
  /** What the witness said at the last refresh. */
  evidence?: string;
}

/** The properties of a state that this package reads, each with its condition. */
const conditions: { [Key in keyof RegistrationOutputs]?: (value: unknown) => boolean } = {
  provider: isText,
  region: (value) => regions.some((region) => region === value),
  account: optional(isText),
  accountFingerprint: optional(isText),
  fingerprintKey: isText,
  endpoint: optional((value) => isText(value) && URL.canParse(value)),
  witness: optional(isWitness),
  reassertEvery: optional(isText),
  reassertWindow: optional(isTime),
  headerFingerprints: isPlainObject,
  drift: isText,
  registrationFingerprint: isText,
  registeredAt: optional(isTime),
  formerFingerprint: optional(isText),
  verifiedAt: optional(isTime),
  evidence: optional(isText),
};

/** A reset needs these: which registration it is, and who registered it. */
const located = ["provider", "region", "account", "accountFingerprint", "fingerprintKey"] as const;
export type LocatedRegistration = Pick<RegistrationOutputs, (typeof located)[number]>;

/** What a state says of a registration. */
export interface StoredRegistration {
  /** Every property that is not invalid. */
  known: Partial<RegistrationOutputs>;
  /** The names of properties that are invalid, or missing although required. */
  invalid: string[];
  /** The whole state. `undefined` if one property is invalid. */
  outputs: RegistrationOutputs | undefined;
  /** `undefined` if the state does not say which registration it is. */
  located: LocatedRegistration | undefined;
}

/**
 * Parses the inputs or outputs in a state, which somebody may have edited, or other code written: a
 * hand-written resource that this one replaces.
 */
export function parseState(stored: unknown): StoredRegistration {
  const values = isPlainObject(stored) ? stored : {};
  const invalid = Object.entries(conditions)
    .filter(([key, holds]) => !holds(values[key]))
    .map(([key]) => key);
  const known = Object.fromEntries(
    Object.entries(values).filter(([key]) => !invalid.includes(key)),
  ) as Partial<RegistrationOutputs>;
  return {
    known,
    invalid,
    outputs: invalid.length === 0 ? (known as RegistrationOutputs) : undefined,
    located: located.some((key) => invalid.includes(key))
      ? undefined
      : (known as LocatedRegistration),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !isUnknown(value);
}

function isTime(value: unknown): boolean {
  return isText(value) && !Number.isNaN(Date.parse(value));
}

function optional(holds: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || holds(value);
}

/** A change to one of these replaces the resource, unless both accounts are one at VCC. */
export const identity = ["provider", "region", "account"] as const;

/**
 * A change to one of these registers again. All other properties derive from these or, like the
 * code, must not make every registration look changed after an upgrade.
 */
const compared = [
  ...identity,
  "accountFingerprint",
  "fingerprintKey",
  "endpoint",
  "headers",
  "agentActionsPermitted",
  "drift",
  "reassertWindow",
  "witness",
] as const;

/** What `check` adds to the arguments. A program that ignores all changes passes it back. */
const derived: readonly string[] = [
  "region",
  "accountFingerprint",
  "headerFingerprints",
  "drift",
  "reassertWindow",
] satisfies Array<keyof RegistrationInputs>;

/** The compared properties in which new inputs differ from what was last registered. */
export function differences(
  olds: RegistrationOutputs,
  news: RegistrationInputs,
): Array<(typeof compared)[number]> {
  return compared.filter((key) => {
    // An unknown client may be the same one; a client that was unknown before may be a different
    // one.
    if (key === "accountFingerprint" && (news[key] === undefined || !haveOneKey(olds, news))) {
      return false;
    }
    if (key === "drift") return hasDrifted(olds);
    // The name of an account is not known to VCC.
    if (key === "account") return olds[key] !== news[key] && !isSameAccount(olds, news);
    // VCC knows only whether there is a witness.
    if (key === "witness") return hasWitness(olds) !== hasWitness(news);
    // Removing `reassertEvery` does not change the registration.
    if (key === "reassertWindow" && news[key] === undefined) return false;
    return !isDeepStrictEqual(olds[key], news[key]);
  });
}

/** Whether something differs that VCC does not know: the state stores it without a registration. */
export function differsInState(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  return olds.account !== news.account || !isDeepStrictEqual(olds.witness, news.witness);
}

/** Whether a new window of the same length has begun. */
export function windowAdvanced(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  return (
    olds.reassertWindow !== undefined &&
    olds.reassertWindow !== news.reassertWindow &&
    olds.reassertEvery === news.reassertEvery
  );
}

/** Whether VCC holds, or may hold, something other than this registration. */
export function hasDrifted({ drift }: Pick<RegistrationOutputs, "drift">): boolean {
  return drift !== noDrift;
}

/** Whether both are known to have the same API client and URL. */
function isSameAccount(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  const { accountFingerprint: before } = olds;
  return before !== undefined && before === news.accountFingerprint && haveOneKey(olds, news);
}

/** Whether the fingerprints of both are comparable. */
function haveOneKey(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  return olds.fingerprintKey === news.fingerprintKey;
}

/** Whether both are known to have different API clients or URLs. */
export function hasOtherAccount(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  return haveOneKey(olds, news) && isOtherAccount(olds.accountFingerprint, news.accountFingerprint);
}

/** Whether both fingerprints are known and differ. */
export function isOtherAccount(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

/** What the program wrote, without what the engine or an earlier `check` added. */
export function argumentsOf(olds: object, news: object): Record<string, unknown> {
  const earlier: Record<string, unknown> = { ...olds };
  return Object.fromEntries(
    Object.entries(news).filter(
      ([key, value]) =>
        key !== "__provider" &&
        key !== "fingerprintKey" &&
        key !== declarationKey &&
        !(derived.includes(key) && isDeepStrictEqual(value, earlier[key])),
    ),
  );
}

/**
 * The result of a check in an `up` that does not know some arguments. The engine would reject unknown values; it
 * skips create and update only if it knows that what they depend on has failed.
 */
export function withUnknown(
  inputs: RegistrationInputs,
  unknown: Declaration["unknown"],
): RegistrationInputs {
  if (Object.keys(unknown).length === 0) return inputs;
  const known = Object.entries(inputs).filter(([, value]) => !containsUnknown(value));
  return { ...(Object.fromEntries(known) as RegistrationInputs), unknown };
}

/** The arguments, or parts of them, that are unknown although this is not a preview. */
export function unknownArguments({ unknown = {}, ...inputs }: RegistrationInputs): string[] {
  const args = Object.entries(inputs).filter(([key]) => !derived.includes(key));
  return [...Object.values(unknown), ...unknownPaths(Object.fromEntries(args))];
}

/** How messages name a registration whose state may be incomplete. */
export function storedLabel(
  id: string,
  { provider, region, account }: Partial<RegistrationInputs>,
) {
  return provider === undefined || region === undefined
    ? `the resource with the ID ${JSON.stringify(id)}`
    : registrationLabel({ provider, region, ...(account !== undefined && { account }) });
}

/** How messages name a registration. */
export function registrationLabel({
  provider,
  region,
  account,
}: Pick<RegistrationInputs, "provider" | "region" | "account">): string {
  const suffix = account === undefined ? "" : ` (account ${JSON.stringify(account)})`;
  return `${JSON.stringify(provider)} in ${region}${suffix}`;
}

export function inputsOf(outputs: RegistrationOutputs): RegistrationInputs {
  return split(outputs).inputs;
}

/** What an update keeps that sends nothing. */
export function registeredOf(outputs: RegistrationOutputs): Registered {
  return split(outputs).registered;
}

function split(outputs: RegistrationOutputs) {
  const {
    registrationFingerprint,
    registeredAt,
    formerFingerprint,
    verifiedAt,
    evidence,
    ...inputs
  } = outputs;
  const registered = {
    registrationFingerprint,
    ...(registeredAt !== undefined && { registeredAt }),
    ...(formerFingerprint !== undefined && { formerFingerprint }),
    ...(verifiedAt !== undefined && { verifiedAt }),
    ...(evidence !== undefined && { evidence }),
  };
  return { inputs, registered };
}
