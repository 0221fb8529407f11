import { isDeepStrictEqual } from "node:util";
import { comparedNames, identityNames } from "../resource/properties";
import { nameKey } from "../vcc/provider-settings";
import { hasWitness } from "../witness/argument";
import { noDrift, verdictOf } from "../witness/witness";
import { comparableHeaders } from "./secret-headers";
import type { RegistrationInputs, RegistrationOutputs } from "./state";

/** What an `up` does with a registration, given what was registered and what the program declares. */
export type Decision =
  | { action: "none" }
  /** Something differs that VCC does not know: the state stores it without a registration. */
  | { action: "store" }
  /** Registers again. `isVisible`: whether the engine sees the difference when it compares inputs. */
  | { action: "update"; isVisible: boolean }
  /**
   * Registers another name, or at another place, and resets the former registration: afterwards, unless VCC may treat
   * both names as one.
   */
  | { action: "replace"; because: Array<(typeof identityNames)[number]>; resetFirst: boolean };

export function decide(olds: RegistrationOutputs, news: RegistrationInputs): Decision {
  const changed = differences(olds, news);
  if (changed.length === 0) return { action: differsInState(olds, news) ? "store" : "none" };
  const because = identityNames.filter((name) => changed.includes(name));
  if (because.length > 0) {
    const isSamePlace =
      because.every((name) => name === "provider") && !hasOtherAccount(olds, news);
    // The inputs in an edited state may lack the name.
    const { provider = "" }: Partial<RegistrationInputs> = news;
    const isSameName =
      isSamePlace && nameKey(olds.region, olds.provider) === nameKey(news.region, provider);
    return { action: "replace", because, resetFirst: isSameName };
  }
  // Only `read` records drift in the inputs, too.
  const isRecordedByRead = verdictOf(olds.drift) !== undefined;
  const isVisible = changed.some(
    (name) => name !== "fingerprintKey" && (name !== "drift" || isRecordedByRead),
  );
  return { action: "update", isVisible };
}

/** The compared properties in which new inputs differ from what was last registered. */
function differences(
  olds: RegistrationOutputs,
  news: RegistrationInputs,
): Array<(typeof comparedNames)[number]> {
  return comparedNames.filter((key) => {
    // An unknown client may be the same one; a client that was unknown before may be a different
    // one.
    if (key === "accountFingerprint" && (news[key] === undefined || !haveOneKey(olds, news))) {
      return false;
    }
    if (key === "drift") return hasDrifted(olds);
    // The name of an account is not known to VCC.
    if (key === "account") return olds[key] !== news[key] && !isSameAccount(olds, news);
    if (key === "headers")
      return !isDeepStrictEqual(comparableHeaders(olds, news), comparableHeaders(news, olds));
    // VCC knows only whether there is a witness.
    if (key === "witness") return hasWitness(olds) !== hasWitness(news);
    // Removing `reassertEvery` does not change the registration.
    if (key === "reassertWindow" && news[key] === undefined) return false;
    return !isDeepStrictEqual(olds[key], news[key]);
  });
}

/** Whether something differs that VCC does not know: the state stores it without a registration. */
function differsInState(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  return (
    olds.account !== news.account ||
    !isDeepStrictEqual(olds.witness, news.witness) ||
    !isDeepStrictEqual(olds.headers, news.headers)
  );
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
