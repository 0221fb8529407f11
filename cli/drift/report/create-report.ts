import { verdictOf } from "../../../provider/witness/witness";
import { compareNames } from "../../output";
import type { Inspection } from "../inspection/inspect";
import type { InspectedRegistration } from "../inspection/registrations";
import { changesSince } from "./changes";
import {
  type ClassifyOptions,
  type ComparedRegistration,
  classify,
  type DriftClass,
  isGood,
  lacksReassertEvery,
} from "./classes";
import { adviceOf, commandLine, repairCommands, repairOf } from "./repair";
import {
  type AccountCount,
  type DriftReport,
  type Outcome,
  outcomes,
  type ReportedRegistration,
  type StackReport,
} from "./report";
import { findRivals } from "./rivals";
import { isFuture } from "./times";

interface ComparedInspection extends Inspection {
  registrations: ComparedRegistration[];
}

export interface Earlier {
  /** Missing before the first run. */
  report?: DriftReport;
}

export interface ReportOptions extends ClassifyOptions {
  failOn: readonly DriftClass[];
  /** Reports only the registrations of these named accounts. @default all */
  accounts?: readonly string[] | undefined;
  /** @default none */
  warnings?: string[];
  /** What to compare with. @default none: the report contains no `changes` */
  earlier?: Earlier | undefined;
}

export function createReport(inspections: Inspection[], options: ReportOptions): DriftReport {
  const { rivalsOf, warnings } = findRivals(inspections);
  const stacks = inspections.map((inspection) => {
    const { accounts } = options;
    const selected = inspection.registrations.filter(
      ({ accountName }) => accounts === undefined || accounts.includes(accountName ?? ""),
    );
    const registrations = selected.map((registration) => ({
      ...registration,
      rivals: rivalsOf.get(registration) ?? [],
      unknownSince: findUnknownSince(registration, options.earlier),
    }));
    return reportStack({ ...inspection, registrations }, options);
  });
  const report: DriftReport = {
    version: 2,
    at: new Date(options.nowMs).toISOString(),
    outcome: worst(stacks.map(({ outcome }) => outcome)),
    count: stacks.reduce((sum, { count }) => sum + count, 0),
    warnings: [
      ...(options.warnings ?? []),
      ...warnings,
      ...reassertWarnings(inspections),
      ...tokenWarnings(inspections),
    ],
    stacks,
  };
  const { earlier } = options;
  return earlier === undefined
    ? report
    : { ...report, changes: changesSince(earlier.report, report) };
}

/** Errors may quote what a program printed: with this, only the log of the command does. */
export function withoutDetails(report: DriftReport): DriftReport {
  const error = "the log of pulumi-vcc drift says why";
  const stacks = report.stacks.map((stack) => (stack.error === null ? stack : { ...stack, error }));
  return { ...report, stacks };
}

function reportStack(inspection: ComparedInspection, options: ReportOptions): StackReport {
  const { organization, project, stack, error } = inspection;
  const reported = inspection.registrations.map((registration: ComparedRegistration) => {
    const driftClass = classify(registration, options);
    const repair = repairOf(driftClass, registration);
    return {
      repair,
      report: reportRegistration(registration, driftClass, options, {
        repair: commandLine(repairCommands(repair === undefined ? [] : [repair], inspection)),
        advice: adviceOf(driftClass, registration),
      }),
    };
  });
  const failing = reported.filter(({ report }) => report.fails);
  const repairs = failing.flatMap(({ repair }) => repair ?? []);
  const deviates = reported.some(({ report }) => !isGood(report.class));
  const found = failing.length > 0 ? "drift" : deviates ? "tolerated" : "as declared";
  return {
    organization: organization ?? null,
    project: project ?? null,
    stack: stack ?? null,
    outcome: error === undefined ? found : "check failed",
    error: error ?? null,
    count: failing.length,
    repair: commandLine(repairCommands(repairs, inspection)),
    accounts: countByAccount(reported.map(({ report }) => report)),
    registrations: reported.map(({ report }) => report).sort(byUrgency),
  };
}

function countByAccount(registrations: ReportedRegistration[]): AccountCount[] {
  const byAccount = Map.groupBy(registrations, ({ account }) => account);
  return [...byAccount]
    .map(([account, all]) => ({
      account,
      registrations: all.length,
      count: all.filter(({ fails }) => fails).length,
    }))
    .sort((a, b) => compareNames([a.account], [b.account]));
}

function worst(found: Outcome[]): Outcome {
  return outcomes.findLast((outcome) => found.includes(outcome)) ?? "as declared";
}

/** What fails comes first, what is in sync last; the engine's order is arbitrary. */
function byUrgency(a: ReportedRegistration, b: ReportedRegistration): number {
  const rank = (one: ReportedRegistration) => (one.fails ? 0 : isGood(one.class) ? 2 : 1);
  const names = ({ account, region, provider, resource }: ReportedRegistration) => [
    account,
    region,
    provider,
    resource,
  ];
  return rank(a) - rank(b) || compareNames(names(a), names(b));
}

function reportRegistration(
  registration: ComparedRegistration,
  driftClass: DriftClass,
  { failOn, nowMs }: ReportOptions,
  remedy: Pick<ReportedRegistration, "repair" | "advice">,
): ReportedRegistration {
  const { urn, resource, provider, region, accountName, changed, ignored, registeredAt, location } =
    registration;
  const { evidence, verifiedAt } = registration;
  return {
    urn,
    resource,
    provider: provider ?? null,
    region: region ?? null,
    account: accountName ?? null,
    class: driftClass,
    fails: failOn.includes(driftClass),
    verified: verdictOf(evidence ?? "") === "verified",
    verifiedAt: verifiedAt ?? null,
    changed,
    ignored,
    registeredAt: registeredAt ?? null,
    ageS:
      registeredAt === undefined
        ? null
        : // The clock that wrote it may be ahead of this one.
          Math.max(0, Math.floor((nowMs - Date.parse(registeredAt)) / 1000)),
    evidence: describeEvidence(registration, nowMs),
    ...remedy,
    location: location ?? null,
  };
}

/**
 * The engine forgets an interrupted update with the next one. An earlier report does not: until VCC
 * acknowledges another registration, it may hold the one that was interrupted.
 */
function findUnknownSince(
  { urn, provider, registeredAt }: InspectedRegistration,
  earlier: Earlier | undefined,
): string | undefined {
  const before = earlier?.report?.stacks
    .flatMap(({ registrations }) => registrations)
    .find((one) => one.urn === urn && one.provider === (provider ?? null));
  const isUnchanged = before?.registeredAt === (registeredAt ?? null);
  return before?.class === "unknown" && isUnchanged ? earlier?.report?.at : undefined;
}

function describeEvidence(registration: ComparedRegistration, nowMs: number): string {
  const {
    interrupted,
    operation,
    unreached,
    unknownSince,
    drift,
    evidence,
    verifiedAt,
    registeredAt,
    rivals = [],
    ignored,
  } = registration;
  if (interrupted !== undefined) {
    const isGone = operation === undefined && unreached === undefined;
    return `interrupted while ${interrupted}${isGone ? ", no longer declared" : ""}`;
  }
  const facts = [
    (drift && withoutVerdict(drift)) ??
      (registeredAt === undefined ? "declared only" : `registered ${registeredAt}`),
    ...(unknownSince === undefined ? [] : [`unknown at ${unknownSince}, and not registered since`]),
    ...(isFuture(registeredAt, nowMs) ? ["in the future: check the clocks"] : []),
    ...(Date.parse(registration.window ?? "") > nowMs
      ? [`for the window ${registration.window}`]
      : []),
    ...(lacksReassertEvery(registration)
      ? [
          `for the window ${registration.recordedWindow} of a reassertEvery that this run does not set`,
        ]
      : []),
    ...(rivals.length > 0 ? [`also declared by ${rivals.join(" and ")}`] : []),
    ...(ignored.length > 0 ? [`changes ignored: ${ignored.join(", ")}`] : []),
    ...(verifiedAt === undefined ? [] : [`seen in use ${verifiedAt}`]),
    ...(evidence === undefined || evidence === drift ? [] : [withoutVerdict(evidence)]),
  ];
  return facts.filter(Boolean).join(", ");
}

/** The class says the verdict, except for *unverified*, which is a class only on demand. */
function withoutVerdict(text: string): string {
  return text.replace(/^(verified|rotating|drifted|contested)(: |$)/, "");
}

function reassertWarnings(inspections: Inspection[]): string[] {
  return inspections
    .filter(({ registrations }) => registrations.some(lacksReassertEvery))
    .map(
      ({ project, stack }) =>
        `${project}/${stack}: the last \`pulumi up\` had a reassertEvery that this run does not set; ` +
        "set VCC_REASSERT_EVERY here too, or vcc:reassertEvery in the configuration",
    );
}

function tokenWarnings(inspections: Inspection[]): string[] {
  return inspections
    .filter(
      ({ canRunProgram = true, registrations }) =>
        !canRunProgram && registrations.some(({ evidence }) => evidence !== undefined),
    )
    .map(
      ({ project, stack }) =>
        `${project}/${stack}: witnesses were asked with the configuration of the last \`pulumi up\`; if ` +
        "vcc:witnessToken has changed since, run `pulumi up`, or install pulumi 3.169 or newer",
    );
}
