import { registrationHeader } from "../../../provider/witness/witness";
import type { InspectedRegistration } from "../inspection/registrations";

const { homepage }: { homepage: string } = require("pulumi-vcc/package.json");

/** How a check ends, of one stack or of several: from the best to the worst. */
export const outcomes = {
  "as declared": {
    icon: "✅",
    exitCode: 0,
    meaning: "Every registration is verified or in sync.",
  },
  tolerated: {
    icon: "⚠️",
    exitCode: 0,
    meaning: "Some registrations are not as declared, but none has a class of `--fail-on`.",
  },
  drift: {
    icon: "❌",
    exitCode: 2,
    meaning: "At least one registration has a class of `--fail-on`.",
  },
  "check failed": {
    icon: "❌",
    exitCode: 1,
    meaning: "The inspection failed, so not everything is known.",
  },
};

export type Outcome = keyof typeof outcomes;
export const outcomeNames = Object.keys(outcomes) as Outcome[];

/** A registration, with what others and an earlier report say about it. */
export interface ComparedRegistration extends InspectedRegistration {
  /** The other resources that declare its name in its account. */
  rivals?: string[];
  /** When an earlier report found it unknown, if nothing has registered it since. */
  unknownSince?: string | undefined;
}

interface ClassFacts {
  /** As in docs/drift.md. */
  meaning: string;
  /** What one registration of this class makes of the check, without `--fail-on`. */
  outcome: Outcome;
  color: "green" | "yellow" | "red";
  /** Whether somebody must act now, or the next `pulumi up` settles it. Missing: neither. */
  urgency?: "now" | "up";
  /** What may be wrong at VCC, in an administrator's words, and no more than is known. */
  situation?: (registration: ComparedRegistration) => string;
  /** What repairs it. Missing: no command does. */
  repair?: "up" | "up --refresh";
  /** Whether the repair changes what VCC should hold, instead of registering it again. */
  changes?: boolean;
  /** What to do if no command repairs it. Missing: nothing. */
  advice?: (registration: ComparedRegistration) => string | undefined;
}

/**
 * What can be known about a registration without reading it from VCC. Repairs run in this order. An
 * update forgets which operations were interrupted, so *unknown* comes first.
 */
const classTable = {
  verified: {
    meaning: "The declaration is registered, and a witness has seen VCC use it since.",
    outcome: "as declared",
    color: "green",
  },
  "in sync": {
    meaning: "The declaration is registered. What VCC holds is unverified.",
    outcome: "as declared",
    color: "green",
  },
  ignored: {
    meaning: "In sync, except for properties that `ignoreChanges` names.",
    outcome: "tolerated",
    color: "green",
    advice: ({ ignored }) => `to compare ${ignored.join(", ")}, remove the option ignoreChanges`,
  },
  unknown: {
    meaning:
      "An update ended before VCC's response arrived. VCC may hold the registration from before or after it.",
    outcome: "drift",
    color: "red",
    urgency: "now",
    situation: describeInterruption,
    repair: "up",
    advice: ({ operation, interrupted }) => {
      if (operation !== undefined) return undefined;
      return interrupted === "creating"
        ? "declare it again, run `pulumi up`, remove it, and run `pulumi up` again, which resets it; then run " +
            "`pulumi refresh --clear-pending-creates`, which alone would only forget that VCC may hold it"
        : "fix the error of the preview, and check again";
    },
  },
  drifted: {
    meaning: "The witness has seen another registration. The report says which, and since when.",
    outcome: "drift",
    color: "red",
    urgency: "now",
    situation: ({ drift = "" }) => describeOther(drift),
    repair: "up --refresh",
  },
  contested: {
    meaning:
      "The other registration has returned after a repair; or two resources declare the name in one account.",
    outcome: "drift",
    color: "red",
    urgency: "now",
    situation: ({ drift = "", rivals = [] }) =>
      rivals.length > 0
        ? `${rivals.join(" and ")} also ${rivals.length > 1 ? "declare" : "declares"} this name in the same account: each registration overwrites the others.`
        : `${describeOther(drift)} This has happened before: a repair alone may not last.`,
    repair: "up --refresh",
    advice: ({ rivals = [] }) =>
      rivals.length > 0
        ? "declare the name once, and remove the other resources"
        : "find out who else registers this name, and then register it again",
  },
  stale: {
    meaning: "Its `reassertEvery` window has passed, or it is older than `--max-age`.",
    outcome: "drift",
    color: "yellow",
    urgency: "up",
    repair: "up",
    advice: needsVariables,
  },
  pending: {
    meaning: "The program or its configuration has changed since the last registration.",
    outcome: "drift",
    color: "yellow",
    urgency: "up",
    repair: "up",
    changes: true,
    advice: needsVariables,
  },
  unregistered: {
    meaning: "Declared, but never registered from this stack.",
    outcome: "drift",
    color: "yellow",
    urgency: "up",
    repair: "up",
    changes: true,
    advice: needsVariables,
  },
  orphaned: {
    meaning: "Registered from this stack, but no longer declared.",
    outcome: "drift",
    color: "yellow",
    urgency: "up",
    repair: "up",
    changes: true,
  },
  unverified: {
    meaning: "No witness has seen VCC use it within `--require-verified`.",
    outcome: "drift",
    color: "yellow",
    advice: ({ adopted }) =>
      adopted
        ? "no witness gives a verdict about what is only adopted: register it with `pulumi up --target <urn> --replace <urn>`"
        : "make sure that the receiver gets notifications, and that `witness` is its URL",
  },
  unresolved: {
    meaning:
      "A header refers to an environment variable that this run does not set, so its value was not compared. The rest " +
      "is as registered.",
    outcome: "tolerated",
    color: "yellow",
    advice: ({ unresolved = [] }) =>
      `to compare the headers, set ${unresolved.join(", ")} for \`pulumi-vcc drift\``,
  },
  rotating: {
    meaning: "The witness still sees the previous registration.",
    outcome: "tolerated",
    color: "yellow",
    advice: () => "keep accepting the former headers, and check again",
  },
  adopted: {
    meaning:
      "Declared and assumed to be live (`pulumi-vcc adopt`). VCC has never acknowledged it from this stack.",
    outcome: "tolerated",
    color: "yellow",
    repair: "up",
    advice: () =>
      "nothing now: its next change registers it; to register it at once, run `pulumi up --target <urn> --replace <urn>`",
  },
  "check failed": {
    meaning: "The preview failed before it reached the registration.",
    outcome: "check failed",
    color: "red",
  },
} satisfies Record<string, ClassFacts>;

/** `pulumi up` fails without them. */
function needsVariables({ unresolved = [] }: ComparedRegistration): string | undefined {
  if (unresolved.length === 0) return undefined;
  return `first set ${unresolved.join(", ")} where \`pulumi up\` runs: headers refer to it`;
}

/** What a witness has seen in use instead: the reason of its verdict, in other words. */
function describeOther(drift: string): string {
  const since = drift.match(/ since (\S+)$/)?.[1];
  const when = since === undefined ? "" : `Since ${formatMinute(since)}, `;
  if (drift.includes("the former registration")) {
    return `${when}VCC has sent notifications under the previous registration again, with its headers, permissions and endpoint.`;
  }
  const what = drift.includes(registrationHeader)
    ? `VCC has sent notifications without ${registrationHeader}, which this stack registers`
    : "VCC has sent notifications under a registration other than the last one of this stack";
  return `${when}${what}. Headers, permissions or endpoint may differ.`;
}

function describeInterruption({
  interrupted,
  unknownSince,
  drift = "",
}: ComparedRegistration): string {
  const sentAt = drift.match(/^sent at ([^\s,]+)/)?.[1];
  const what =
    interrupted !== undefined
      ? `An update was interrupted while ${interrupted} it`
      : unknownSince !== undefined
        ? `An update was interrupted before ${formatMinute(unknownSince)}, and nothing has registered it since`
        : `VCC has not acknowledged what was sent${sentAt === undefined ? "" : ` at ${formatMinute(sentAt)}`}`;
  return `${what}: VCC may hold the registration from before or after it.`;
}

/** `2026-11-22 02:14 UTC`. */
function formatMinute(time: string): string {
  return `${time.slice(0, "2026-11-22T02:14".length).replace("T", " ")} UTC`;
}

export type DriftClass = keyof typeof classTable;
export const driftClasses: Record<DriftClass, ClassFacts> = classTable;
export const classNames = Object.keys(driftClasses) as DriftClass[];

/** Where the runbook explains a class. */
export function runbookUrl(driftClass: DriftClass): string {
  return `${homepage.replace(/#.*/, "")}/blob/main/docs/runbook.md#${driftClass.replaceAll(" ", "-")}`;
}

/** Whether there is nothing to do. */
export function isGood(driftClass: DriftClass): boolean {
  return driftClasses[driftClass].outcome === "as declared";
}

/** The classes that `--fail-on` accepts: a check that failed is no drift. */
export const selectable = classNames.filter(
  (name) => !isGood(name) && driftClasses[name].outcome !== "check failed",
);
/** The default of `--fail-on`. */
export const failing = selectable.filter((name) => driftClasses[name].outcome === "drift");
