import * as z from "zod/mini";
import { isUnknown } from "../pulumi-values";
import { orUnknown, parsePart, strictEntries, WitnessUrl } from "../schema";
import type { ProviderSettings } from "../vcc/provider-settings";
import { registrationHeader, type Witness, witnessPath } from "./witness";

const Flag = z.boolean("must be true or false");

const WitnessOptions = strictEntries(
  "unknown option",
  {
    url: z.optional(orUnknown(WitnessUrl)),
    required: z.optional(orUnknown(Flag)),
  },
  () => "must be true, a URL, or an object of url and required",
);

/** The argument `witness`. */
export const WitnessArgument = z.pipe(
  z.unknown(),
  z.transform((value, { issues }) => {
    const schema =
      typeof value === "boolean" ? Flag : typeof value === "string" ? WitnessUrl : WitnessOptions;
    parsePart(schema as z.ZodMiniType, value, issues);
    return value as Witness;
  }),
);

interface Witnessed {
  witness?: Witness | undefined;
  endpoint?: string | undefined;
}

/** Whether the registration carries the header that identifies it to its witness. */
export function hasWitness({ witness = false }: Witnessed): boolean {
  return witness !== false;
}

export function isWitnessRequired({ witness }: Witnessed): boolean {
  return typeof witness === "object" && witness.required === true;
}

/** `undefined` without a witness, or while its URL is unknown. */
export function witnessUrl({ witness = false, endpoint }: Witnessed): string | undefined {
  if (witness === false || endpoint === undefined) return undefined;
  const url = typeof witness === "object" ? witness.url : witness;
  if (typeof url === "string") return isUnknown(url) ? undefined : url;
  return isUnknown(endpoint) ? undefined : new URL(witnessPath, endpoint).href;
}

/** Validates the arguments that a witness needs. */
export function problemsOfWitness({
  witness,
  endpoint,
  headers,
}: Record<string, unknown>): string[] {
  if (!hasWitness({ witness: witness as Witness | undefined })) return [];
  const names = typeof headers === "object" ? Object.keys(headers ?? {}) : [];
  return [
    ...(endpoint === undefined
      ? ["witness: there is no endpoint, and so no notification that a witness could see"]
      : []),
    ...names
      .filter((name) => name.toLowerCase() === registrationHeader.toLowerCase())
      .map((name) => `headers[${JSON.stringify(name)}]: the witness needs this header for itself`),
  ];
}

/** Adds the header, which VCC then sends with each notification. */
export function identified(settings: ProviderSettings, fingerprint: string): ProviderSettings {
  return { ...settings, headers: { ...settings.headers, [registrationHeader]: fingerprint } };
}
