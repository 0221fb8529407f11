import { isDeepStrictEqual } from "node:util";
import * as z from "zod/mini";
import { type Region, regions } from "../accounts/settings";
import { isPlainObject } from "../plain-object";
import { containsUnknown, isUnknown, unknownPaths } from "../pulumi-values";
import {
  checkedNames,
  type Declaration,
  declarationKey,
  type PropertyName,
  registeredNames,
} from "../resource/properties";
import type { ProviderSettings } from "../vcc/provider-settings";
import { WitnessArgument } from "../witness/argument";
import type { DeclaredRegistration } from "./arguments";
import { registrationFingerprint } from "./fingerprint";

/** The result of `check`: the inputs in the state, which the engine compares. */
export interface RegistrationInputs extends DeclaredRegistration {
  region: Region;
  /** The API client that registers, and its URL. Missing if the client is unknown. */
  accountFingerprint?: string;
  fingerprintKey: string;
  headerFingerprints: Record<string, string>;
  /** Header → the environment variable that this run lacks. Only in the preview of `pulumi-vcc drift`. */
  unresolved?: Record<string, string>;
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
  /** Missing until VCC has acknowledged the first registration. An adopted one has none, and has not drifted. */
  registeredAt?: string;
  /** Of the registration before this one. Only with a witness. */
  formerFingerprint?: string;
  /** When a witness last saw this registration in use. */
  verifiedAt?: string;
  /** What the witness said at the last refresh. */
  evidence?: string;
}

const Text = z.string().check(z.refine((text) => text !== "" && !isUnknown(text)));
const Time = Text.check(z.refine((time) => !Number.isNaN(Date.parse(time))));

/** What a state may contain. Other properties may have any value. */
const Stored = {
  provider: Text,
  region: z.enum(regions),
  account: z.optional(Text),
  accountFingerprint: z.optional(Text),
  fingerprintKey: Text,
  endpoint: z.optional(Text.check(z.refine((url) => URL.canParse(url)))),
  witness: z.optional(WitnessArgument),
  reassertEvery: z.optional(Text),
  reassertWindow: z.optional(Time),
  headerFingerprints: z.custom(isPlainObject),
  drift: Text,
  registrationFingerprint: Text,
  registeredAt: z.optional(Time),
  formerFingerprint: z.optional(Text),
  verifiedAt: z.optional(Time),
  evidence: z.optional(Text),
} satisfies { [Name in PropertyName]?: z.ZodMiniType };

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
  const invalid = Object.entries(Stored)
    .filter(([key, schema]) => !z.safeParse(schema as z.ZodMiniType, values[key]).success)
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

/** What the program wrote, without what the engine or an earlier `check` added. */
export function argumentsOf(olds: object, news: object): Record<string, unknown> {
  const earlier: Record<string, unknown> = { ...olds };
  return Object.fromEntries(
    Object.entries(news).filter(
      ([key, value]) =>
        key !== "__provider" &&
        key !== "fingerprintKey" &&
        key !== declarationKey &&
        !(isChecked(key) && isDeepStrictEqual(value, earlier[key])),
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
  const args = Object.entries(inputs).filter(
    ([key]) => key === "fingerprintKey" || !isChecked(key),
  );
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

/** The ID of the resource in Pulumi. */
export function idOf({ region, provider }: RegistrationInputs): string {
  return `${region}/${provider}`;
}

/**
 * The outputs of a registration that VCC has not acknowledged: as they are before it does, or without it.
 *
 * @param settings what VCC gets
 */
export function unacknowledgedOutputs(
  inputs: RegistrationInputs,
  settings: ProviderSettings,
): RegistrationOutputs {
  const { region, fingerprintKey } = inputs;
  return {
    ...inputs,
    registrationFingerprint: registrationFingerprint(region, settings, fingerprintKey),
  };
}

export function inputsOf(outputs: RegistrationOutputs): RegistrationInputs {
  const entries = Object.entries(outputs).filter(([key]) => !isRegistered(key));
  return Object.fromEntries(entries) as RegistrationInputs;
}

/** Outputs that an update without a registration carries over. */
export function registeredOf(outputs: RegistrationOutputs): Registered {
  const entries = Object.entries(outputs).filter(([key]) => isRegistered(key));
  return Object.fromEntries(entries) as unknown as Registered;
}

function isRegistered(key: string): boolean {
  return (registeredNames as readonly string[]).includes(key);
}

function isChecked(key: string): boolean {
  return (checkedNames as readonly string[]).includes(key);
}
