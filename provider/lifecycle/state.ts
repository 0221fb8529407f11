import { isDeepStrictEqual } from "node:util";
import type { Region } from "../contract/region";
import { noDrift } from "../contract/resource";
import type { DeclaredRegistration } from "../registration/registration";
import { hasWitness } from "../registration/witness";

/** The result of `check`: the inputs in the state, which the engine compares. */
export interface RegistrationInputs extends DeclaredRegistration {
  region: Region;
  /** The API client that registers, and its URL. Missing if the client is unknown. */
  accountFingerprint?: string;
  fingerprintKey: string;
  headerFingerprints: Record<string, string>;
  drift: string;
  /** The calendar window of the registration. Missing without `reassertEvery`. */
  reassertWindow?: string;
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

/** A change to one of these replaces the resource, unless both accounts are one at VCC. */
export const identity = ["provider", "region", "account"] as const;

/**
 * A change to one of these registers again. All other properties derive from these or, like the
 * code, must not make every registration look changed after an upgrade.
 */
const compared = [
  ...identity,
  "accountFingerprint",
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
    if (key === "accountFingerprint" && news[key] === undefined) return false;
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
export function hasDrifted({ drift = noDrift }: Partial<RegistrationOutputs>): boolean {
  return drift !== noDrift;
}

/** Whether both are known to have the same API client and URL. */
function isSameAccount(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  const { accountFingerprint: before } = olds;
  return before !== undefined && before === news.accountFingerprint;
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
        !(derived.includes(key) && isDeepStrictEqual(value, earlier[key])),
    ),
  );
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
