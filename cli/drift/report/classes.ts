import type { InspectedRegistration } from "../inspection/registrations";

/** What can be known about a registration without a read, and what it means. */
export const meanings = {
  "in sync": "The declaration is what was last registered; what VCC holds is not verified.",
  pending: "The declaration differs from what was last registered.",
  stale: "VCC last acknowledged the registration longer ago than allowed.",
  unregistered: "The program declares it, but this stack never registered it.",
  orphaned: "This stack registered it, but the program no longer declares it.",
  unknown: "The outcome of an update is unknown: VCC may hold the registration before or after it.",
} as const;

export type DriftClass = keyof typeof meanings;
export const driftClasses = Object.keys(meanings) as DriftClass[];
/** The classes of what is not as declared. */
export const deviations: DriftClass[] = driftClasses.filter(
  (driftClass) => driftClass !== "in sync",
);

export interface ClassifyOptions {
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** What VCC acknowledged longer ago is stale. @default unlimited: only `reassertEvery` counts */
  maxAgeMs?: number | undefined;
}

/** The first rule that applies decides; without one, the registration is in sync. */
const rules: Array<
  [DriftClass, (registration: InspectedRegistration, options: ClassifyOptions) => boolean]
> = [
  ["unknown", ({ interrupted, drift }) => interrupted !== undefined || drift !== undefined],
  ["unregistered", ({ operation }) => operation === "create"],
  ["orphaned", ({ operation }) => operation === "delete"],
  [
    "stale",
    ({ operation, changed, window }) =>
      operation === "update" &&
      // A registration that had no window before is not late.
      window !== undefined &&
      changed.length > 0 &&
      changed.every((property) => property === "reassertWindow"),
  ],
  ["pending", ({ operation }) => operation !== "same"],
  [
    "stale",
    ({ registeredAt }, { nowMs, maxAgeMs }) =>
      // Negated, so that a missing or unreadable date is stale too.
      maxAgeMs !== undefined && !(nowMs - Date.parse(registeredAt ?? "") <= maxAgeMs),
  ],
];

export function classify(
  registration: InspectedRegistration,
  options: ClassifyOptions,
): DriftClass {
  return rules.find(([, applies]) => applies(registration, options))?.[0] ?? "in sync";
}
