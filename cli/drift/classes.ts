import type { InspectedRegistration } from "./inspection";

/** What can be known of a registration at an API without read, and what that means. */
export const meanings = {
  "in sync": "Declared is what was registered; nobody has seen what VCC holds.",
  pending: "The program declares something else than what was registered.",
  stale: "Nobody has confirmed the registration for longer than allowed.",
  unregistered: "The program declares it, and it was never registered from this stack.",
  orphaned: "It was registered from this stack, and the program no longer declares it.",
  unknown: "An update ended without an answer: VCC may hold the registration before or after it.",
} as const;

export type DriftClass = keyof typeof meanings;
export const driftClasses = Object.keys(meanings) as DriftClass[];

export interface ClassifyOptions {
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** What was confirmed longer ago is stale. @default none: only `reassertEvery` says so */
  maxAgeMs?: number | undefined;
}

interface Row {
  driftClass: DriftClass;
  applies(registration: InspectedRegistration, options: ClassifyOptions): boolean;
}

/** The first row that applies tells the class. Evidence of what VCC holds would be further rows. */
const rows: Row[] = [
  { driftClass: "unknown", applies: ({ interrupted }) => interrupted !== undefined },
  { driftClass: "unknown", applies: ({ drift = "none" }) => drift !== "none" },
  { driftClass: "unregistered", applies: ({ operation }) => operation === "create" },
  { driftClass: "orphaned", applies: ({ operation }) => operation === "delete" },
  {
    driftClass: "stale",
    applies: ({ operation, changed, window }) =>
      // Without a window before, it is not late: it was never promised.
      operation === "update" &&
      window !== undefined &&
      changed.length > 0 &&
      changed.every(isWindow),
  },
  { driftClass: "pending", applies: ({ operation }) => operation !== "same" },
  {
    driftClass: "stale",
    applies: ({ registeredAt }, { nowMs, maxAgeMs }) =>
      // Without a date, or with none that can be read, nobody has confirmed it.
      maxAgeMs !== undefined && !(nowMs - Date.parse(registeredAt ?? "") <= maxAgeMs),
  },
  { driftClass: "in sync", applies: () => true },
];

export function classify(
  registration: InspectedRegistration,
  options: ClassifyOptions,
): DriftClass {
  return rows.find(({ applies }) => applies(registration, options))?.driftClass ?? "unknown";
}

/** What a preview says of a registration whose window has passed and of nothing else. */
function isWindow(property: string): boolean {
  return property === "reassertWindow";
}
