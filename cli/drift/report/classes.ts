import { parseDuration, reassertUnits } from "../../../provider/duration";
import { verdictOf } from "../../../provider/witness/witness";
import type { InspectedRegistration } from "../inspection/registrations";
import { isFuture } from "./times";

/** What can be known about a registration without reading it from VCC. */
export const driftClasses = [
  // The declaration is what was last registered, and a witness has seen VCC use it.
  "verified",
  // The declaration is what was last registered; what VCC holds is not verified.
  "in sync",
  // The program ignores changes of some properties, so the check cannot see them.
  "ignored",
  // The declaration differs from what was last registered.
  "pending",
  // VCC last acknowledged the registration too long ago.
  "stale",
  // No witness has seen VCC use the registration, or not for too long.
  "unverified",
  // VCC acknowledged the registration, but still uses the one before.
  "rotating",
  // A witness has seen VCC use another registration.
  "drifted",
  // Two resources declare the same name in the same account, or a witness has seen another
  // registration again after it was registered: VCC holds one of them.
  "contested",
  // The program declares it, but this stack never registered it.
  "unregistered",
  // This stack registered it, but the program no longer declares it.
  "orphaned",
  // The outcome of an update is unknown: VCC may hold the registration from before or after it.
  "unknown",
  // The preview failed before it reached the registration.
  "check failed",
] as const;

export type DriftClass = (typeof driftClasses)[number];
/** The classes that `--fail-on` accepts: an inspection that failed is no drift. */
export const selectable: DriftClass[] = driftClasses.filter(
  (driftClass) => !isGood(driftClass) && driftClass !== "check failed",
);
/** The classes that fail by default: the program itself says what it ignores, and rotations end. */
export const deviations: DriftClass[] = selectable.filter(
  (driftClass) => driftClass !== "ignored" && driftClass !== "rotating",
);

/** Whether nothing is to be done. */
export function isGood(driftClass: DriftClass): boolean {
  return driftClass === "in sync" || driftClass === "verified";
}

export interface ClassifyOptions {
  /** Milliseconds since the epoch. */
  nowMs: number;
  /**
   * A registration that VCC acknowledged longer ago is stale.
   * @default unlimited: only `reassertEvery` counts
   */
  maxAgeMs?: number | undefined;
  /**
   * A registration that no witness has seen in use for longer is unverified.
   * @default unlimited
   */
  requireVerifiedMs?: number | undefined;
}

/** A registration, compared with others and with an earlier report. */
export interface ComparedRegistration extends InspectedRegistration {
  /** The other resources that declare its name in its account. */
  rivals?: string[];
  /** When an earlier report found it unknown, if nothing has registered it since. */
  unknownSince?: string | undefined;
}

/** The first rule that applies decides; without one, the registration is in sync. */
const rules: Array<
  [DriftClass, (registration: ComparedRegistration, options: ClassifyOptions) => boolean]
> = [
  [
    "unknown",
    ({ interrupted, drift, unknownSince }) =>
      interrupted !== undefined ||
      unknownSince !== undefined ||
      (drift !== undefined && verdictOf(drift) === undefined),
  ],
  ["check failed", ({ unreached }) => unreached === true],
  ["contested", ({ rivals = [] }) => rivals.length > 0],
  ["unregistered", ({ operation }) => operation === "create"],
  ["orphaned", ({ operation }) => operation === "delete"],
  ["drifted", ({ drift = "" }) => verdictOf(drift) === "drifted"],
  ["contested", ({ drift = "" }) => verdictOf(drift) === "contested"],
  [
    "stale",
    ({ operation, changed, window }, { nowMs }) =>
      operation === "update" &&
      // A registration that had no window before is not late, nor is one that is ahead of this clock.
      window !== undefined &&
      !(Date.parse(window) > nowMs) &&
      changed.length > 0 &&
      changed.every((property) => property === "reassertWindow"),
  ],
  ["pending", ({ operation }) => operation !== "same"],
  ["stale", hasPassedUnseen],
  [
    "stale",
    ({ registeredAt }, { nowMs, maxAgeMs }) =>
      maxAgeMs !== undefined &&
      // Negated, so that a missing or unreadable date is stale too.
      (!(nowMs - Date.parse(registeredAt ?? "") <= maxAgeMs) || isFuture(registeredAt, nowMs)),
  ],
  [
    "unverified",
    ({ verifiedAt }, { nowMs, requireVerifiedMs }) =>
      requireVerifiedMs !== undefined &&
      // Negated, so that a missing date is unverified too.
      (!(nowMs - Date.parse(verifiedAt ?? "") <= requireVerifiedMs) || isFuture(verifiedAt, nowMs)),
  ],
  ["rotating", ({ evidence = "" }) => verdictOf(evidence) === "rotating"],
  ["ignored", ({ ignored }) => ignored.length > 0],
  ["verified", ({ evidence = "" }) => verdictOf(evidence) === "verified"],
];

export function classify(registration: ComparedRegistration, options: ClassifyOptions): DriftClass {
  return rules.find(([, applies]) => applies(registration, options))?.[0] ?? "in sync";
}

/** Whether the last `up` had a `reassertEvery` that this run does not set. */
export function lacksReassertEvery({
  recordedWindow,
  currentWindow,
  operation,
}: InspectedRegistration): boolean {
  return operation === "same" && recordedWindow !== undefined && currentWindow === undefined;
}

function hasPassedUnseen(registration: InspectedRegistration, { nowMs }: ClassifyOptions): boolean {
  if (!lacksReassertEvery(registration)) return false;
  const { recordedWindow = "", recordedEvery = "" } = registration;
  // Negated, so that what is unreadable has passed, too.
  return !(nowMs < Date.parse(recordedWindow) + parseDuration(recordedEvery, reassertUnits));
}
