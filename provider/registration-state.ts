import { isDeepStrictEqual } from "node:util";
import type { Region } from "./region";
import type { DeclaredRegistration } from "./registration";

/** What `check` makes of the arguments: the inputs in the state, which the engine compares. */
export interface RegistrationInputs extends DeclaredRegistration {
  region: Region;
  /** Which API client registers, and at which URL; only where that is known. */
  accountFingerprint?: string;
  fingerprintKey: string;
  headerFingerprints: Record<string, string>;
  drift: string;
  /** The calendar window in which it is to be registered; only with `reassertEvery`. */
  reassertWindow?: string;
}

/** What is known after registering: the outputs in the state. */
export interface RegistrationOutputs extends RegistrationInputs {
  registration: string;
  /** Missing while the first registration has not been acknowledged. */
  registeredAt?: string;
}

export const noDrift = "none";

/** What changes when it changes, instead of being changed. */
export const identity = ["provider", "region"] as const;

/**
 * What makes a difference. The rest is derived from it, or, like the code text, must not make every
 * registration look changed after an upgrade.
 */
const compared = [
  ...identity,
  "accountFingerprint",
  "endpoint",
  "headers",
  "agentActionsPermitted",
  "drift",
  "reassertWindow",
] as const;

/** What `check` adds to the arguments; a program that ignores all changes sends it back. */
const derived: readonly string[] = [
  "region",
  "accountFingerprint",
  "headerFingerprints",
  "drift",
  "reassertWindow",
] satisfies Array<keyof RegistrationInputs>;

/** The keys in which new inputs differ from what was last registered. */
export function differences(
  olds: RegistrationOutputs,
  news: RegistrationInputs,
): Array<(typeof compared)[number]> {
  return compared.filter((key) => {
    // Who is not known now may be the same, who was not known before may be another one.
    if (key === "accountFingerprint" && news[key] === undefined) return false;
    if (key === "drift") return hasDrifted(olds);
    // Whoever no longer repeats a registration has not changed it.
    if (key === "reassertWindow" && news[key] === undefined) return false;
    return !isDeepStrictEqual(olds[key], news[key]);
  });
}

/** Only the calendar has moved on: the length of the windows is the same. */
export function turned(olds: RegistrationOutputs, news: RegistrationInputs): boolean {
  return (
    olds.reassertWindow !== undefined &&
    olds.reassertWindow !== news.reassertWindow &&
    olds.reassertEvery === news.reassertEvery
  );
}

/** Something has told that VCC may hold another registration than this one. */
export function hasDrifted({ drift = noDrift }: Partial<RegistrationOutputs>): boolean {
  return drift !== noDrift;
}

/** Two that are known, and differ. */
export function isOtherAccount(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now;
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

/** When VCC last acknowledged it, where it ever did. */
export function registeredAtOf(outputs?: RegistrationOutputs): { registeredAt?: string } {
  return outputs?.registeredAt === undefined ? {} : { registeredAt: outputs.registeredAt };
}

/** As messages name a registration. */
export function nameOf({ provider, region }: { provider: string; region: string }): string {
  return `${JSON.stringify(provider)} in ${region}`;
}

export function inputsOf(outputs: RegistrationOutputs): RegistrationInputs {
  const { registration, registeredAt, ...inputs } = outputs;
  return inputs;
}
