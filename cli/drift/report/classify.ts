import { parseDuration, reassertUnits } from "../../../provider/duration";
import { verdictOf } from "../../../provider/witness/witness";
import type { InspectedRegistration } from "../inspection/registrations";
import type { ComparedRegistration, DriftClass } from "./classes";

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

/** The first rule that applies decides. */
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
      // A first window cannot have passed, nor can one that is ahead of this clock.
      window !== undefined &&
      !(Date.parse(window) > nowMs) &&
      changed.length > 0 &&
      changed.every((property) => property === "reassertWindow"),
  ],
  ["pending", ({ operation }) => operation !== "same"],
  ["stale", hasPassedUnseen],
  [
    "stale",
    ({ registeredAt, adopted }, { nowMs, maxAgeMs }) =>
      maxAgeMs !== undefined &&
      // Nobody knows how old it is.
      !adopted &&
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
  ["adopted", ({ adopted }) => adopted === true],
  ["unresolved", ({ unresolved = [] }) => unresolved.length > 0],
  ["rotating", ({ evidence = "" }) => verdictOf(evidence) === "rotating"],
  ["ignored", ({ ignored }) => ignored.length > 0],
  ["verified", ({ evidence = "" }) => verdictOf(evidence) === "verified"],
];

/** @returns `in sync` if no rule applies */
export function classify(registration: ComparedRegistration, options: ClassifyOptions): DriftClass {
  return rules.find(([, applies]) => applies(registration, options))?.[0] ?? "in sync";
}

/** Clocks of two machines may differ by this much. */
const maxSkewMs = 5 * 60_000;

/** Whether the clock that wrote a time was ahead of this one. */
export function isFuture(time: string | undefined, nowMs: number): boolean {
  return Date.parse(time ?? "") > nowMs + maxSkewMs;
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
  // Negated, so that an unreadable window has passed, too.
  return !(nowMs < Date.parse(recordedWindow) + parseDuration(recordedEvery, reassertUnits));
}
