import { verdictOf } from "../../../provider/witness/witness";
import { compareNames } from "../../formats";
import type { Inspection } from "../inspection/inspect";
import type { InspectedRegistration } from "../inspection/registrations";
import { changesSince } from "./changes";
import {
  type ComparedRegistration,
  classNames,
  type DriftClass,
  driftClasses,
  isGood,
  type Outcome,
  outcomeNames,
  runbookUrl,
} from "./classes";
import { type ClassifyOptions, classify, lacksReassertEvery } from "./classify";
import { describeEvidence } from "./evidence";
import { type Remedy, remediesOf, repairCommand } from "./remedies";
import { findRivals } from "./rivals";
import type {
  AccountCount,
  DriftReport,
  ReportedRegistration,
  ReportedRepair,
  StackReport,
} from "./schema";

export interface ReportOptions extends ClassifyOptions {
  failOn: readonly DriftClass[];
  /** Reports only the registrations of these named accounts. @default all */
  accounts?: readonly string[] | undefined;
  /** @default none */
  warnings?: string[];
  /**
   * What to compare with; `null` in the first run.
   * @default none: the report contains no `changes`
   */
  earlier?: DriftReport | null | undefined;
  /** The commands by class repair only what `earlier` has in the same class. @default false */
  repairsOnlyEarlier?: boolean;
}

export function createReport(inspections: Inspection[], options: ReportOptions): DriftReport {
  const { nowMs, accounts, earlier } = options;
  const { rivalsOf, warnings } = findRivals(inspections);
  const stacks = inspections.map((inspection) => {
    const registrations = inspection.registrations
      .filter(({ accountName = "" }) => accounts === undefined || accounts.includes(accountName))
      .map((registration) => ({
        ...registration,
        rivals: rivalsOf.get(registration) ?? [],
        unknownSince: findUnknownSince(registration, earlier),
      }));
    return reportStack(inspection, registrations, options);
  });
  const report: DriftReport = {
    version: 2,
    at: new Date(nowMs).toISOString(),
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
  return earlier === undefined ? report : { ...report, changes: changesSince(earlier, report) };
}

/** Errors may quote what a program printed: with this, only the log of the command does. */
export function withoutDetails(report: DriftReport): DriftReport {
  const error = "the log of pulumi-vcc drift says why";
  const stacks = report.stacks.map((stack) => (stack.error === null ? stack : { ...stack, error }));
  return { ...report, stacks };
}

/** A registration, and what repairs it. */
interface Assessed {
  report: ReportedRegistration;
  remedies: Remedy[];
}

function reportStack(
  inspection: Inspection,
  compared: ComparedRegistration[],
  options: ReportOptions,
): StackReport {
  const { organization, project, stack, error } = inspection;
  const assessed = compared.map((registration): Assessed => {
    const driftClass = classify(registration, options);
    const remedies = remediesOf(driftClass, registration);
    const repair = repairCommand(remedies, inspection, "targets");
    const report = reportRegistration(registration, driftClass, repair, options);
    return { remedies, report };
  });
  const registrations = assessed.map(({ report }) => report).sort(byUrgency);
  const failing = assessed.filter(({ report }) => report.fails);
  const remediesWhere = (isMeant: (report: ReportedRegistration) => boolean) =>
    failing.filter(({ report }) => isMeant(report)).flatMap(({ remedies }) => remedies);
  const deviates = registrations.some((one) => !isGood(one.class));
  const found = failing.length > 0 ? "drift" : deviates ? "tolerated" : "as declared";
  return {
    organization: organization ?? null,
    project: project ?? null,
    stack: stack ?? null,
    outcome: error === undefined ? found : "check failed",
    error: error ?? null,
    count: failing.length,
    repair: repairCommand(
      remediesWhere(() => true),
      inspection,
      "stack",
    ),
    repairs: repairsByClass(
      options.repairsOnlyEarlier
        ? failing.filter(
            ({ report }) => findEarlier(report, options.earlier)?.class === report.class,
          )
        : failing,
      inspection,
    ),
    update: repairCommand(
      remediesWhere(({ urgency }) => urgency === "up"),
      inspection,
      "stack",
    ),
    accounts: countByAccount(registrations),
    registrations,
  };
}

/** What registers again, one class after the other; a change is left to `update`. */
function repairsByClass(failing: Assessed[], inspection: Inspection): ReportedRepair[] {
  return classNames
    .filter((name) => !driftClasses[name].changes)
    .flatMap((name) => {
      const repaired = failing.filter(
        ({ report, remedies }) => report.class === name && remedies.length > 0,
      );
      const remedies = repaired.flatMap((one) => one.remedies);
      const command = repairCommand(remedies, inspection, "targets");
      if (command === null) return [];
      const resources = repaired.map(({ report }) => report.resource).sort();
      return [{ class: name, resources, command }];
    });
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
  return outcomeNames.findLast((outcome) => found.includes(outcome)) ?? "as declared";
}

/** What fails comes first, the most urgent before; what is in sync last. The engine's order is arbitrary. */
function byUrgency(a: ReportedRegistration, b: ReportedRegistration): number {
  const rank = (one: ReportedRegistration) =>
    one.fails ? (one.urgency === "now" ? 0 : 1) : isGood(one.class) ? 3 : 2;
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
  repair: string | null,
  { failOn, nowMs }: ReportOptions,
): ReportedRegistration {
  const { urn, resource, changed, ignored, registeredAt } = registration;
  // The clock that wrote it may be ahead of this one.
  const ageMs = Math.max(0, nowMs - Date.parse(registeredAt ?? ""));
  return {
    urn,
    resource,
    provider: registration.provider ?? null,
    region: registration.region ?? null,
    account: registration.accountName ?? null,
    class: driftClass,
    fails: failOn.includes(driftClass),
    urgency: driftClasses[driftClass].urgency ?? null,
    situation: driftClasses[driftClass].situation?.(registration) ?? null,
    verified: verdictOf(registration.evidence ?? "") === "verified",
    verifiedAt: registration.verifiedAt ?? null,
    changed,
    ignored,
    unresolved: registration.unresolved ?? [],
    registeredAt: registeredAt ?? null,
    ageS: registeredAt === undefined ? null : Math.floor(ageMs / 1000),
    evidence: describeEvidence(registration, nowMs),
    repair,
    advice: driftClasses[driftClass].advice?.(registration) ?? null,
    runbook: runbookUrl(driftClass),
    location: registration.location ?? null,
  };
}

/**
 * The engine forgets an interrupted update with the next one. An earlier report does not: until VCC
 * acknowledges another registration, it may hold the one that was interrupted.
 */
function findUnknownSince(
  registration: InspectedRegistration,
  earlier: DriftReport | null | undefined,
): string | undefined {
  const before = findEarlier(registration, earlier);
  const isUnchanged = before?.registeredAt === (registration.registeredAt ?? null);
  return before?.class === "unknown" && isUnchanged ? earlier?.at : undefined;
}

function findEarlier(
  { urn, provider }: { urn: string; provider?: string | null | undefined },
  earlier: DriftReport | null | undefined,
): ReportedRegistration | undefined {
  return earlier?.stacks
    .flatMap(({ registrations }) => registrations)
    .find((one) => one.urn === urn && one.provider === (provider ?? null));
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
