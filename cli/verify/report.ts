import { compareNames } from "../formats";
import type { Registration, Source, StackRegistrations } from "./registrations";
import type { Rehearsal } from "./rehearsal";
import type { ReportedRegistration, StackReport, VerifyReport } from "./schema";
import type { Finding } from "./verdict";

/** What a check of one registration has shown. */
export interface Checked {
  findings: Finding[];
  rehearsal?: Rehearsal;
  /** When the witness saw VCC use it: UTC, RFC 3339. */
  verifiedAt?: string | undefined;
}

/** Why a registration was not checked. */
export interface NotChecked {
  reason: string;
}

/** A stack with the result of each of its registrations. */
export interface CheckedStack {
  stack: StackRegistrations;
  results: Array<[Registration, Checked | NotChecked]>;
}

/** From the best to the worst: an endpoint that does not work outweighs what could not be checked. */
export const exitCodes = { works: 0, "check failed": 1, fails: 2 };

/** Creates the report. It contains no header value, and no endpoint but its host. */
export function createReport(
  checked: CheckedStack[],
  { nowMs, source, probesRejection }: { nowMs: number; source: Source; probesRejection: boolean },
): VerifyReport {
  const stacks = checked.map(reportStack);
  return {
    version: 1,
    at: new Date(nowMs).toISOString(),
    source,
    probesRejection,
    outcome: worst(stacks.map(({ outcome }) => outcome)),
    count: stacks.reduce((sum, { count }) => sum + count, 0),
    stacks,
  };
}

type Outcome = VerifyReport["outcome"];

function worst(outcomes: Outcome[]): Outcome {
  const order = Object.keys(exitCodes) as Outcome[];
  return outcomes.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), "works");
}

function reportStack({ stack, results }: CheckedStack): StackReport {
  const registrations = results.map(([registration, result]) => report(registration, result));
  const order = ["fails", "not checked", "works", "no endpoint"];
  registrations.sort(
    (a, b) =>
      order.indexOf(a.result) - order.indexOf(b.result) ||
      compareNames([a.provider, a.account, a.resource], [b.provider, b.account, b.resource]),
  );
  const count = registrations.filter(({ result }) => result === "fails").length;
  const isComplete =
    stack.error === undefined && registrations.every(({ result }) => result !== "not checked");
  return {
    organization: stack.organization ?? null,
    project: stack.project ?? null,
    stack: stack.stack ?? null,
    outcome: count > 0 ? "fails" : isComplete ? "works" : "check failed",
    error: stack.error ?? null,
    count,
    registrations,
  };
}

function report(registration: Registration, result: Checked | NotChecked): ReportedRegistration {
  const { urn, resource, endpoint } = registration;
  const common = {
    ...{ urn, resource },
    provider: registration.provider ?? null,
    region: registration.region ?? null,
    account: registration.account ?? null,
    host: endpoint === undefined || endpoint.isSecret ? null : new URL(endpoint.url).host,
    requests: [],
    addresses: [],
    certificateExpiresAt: null,
    verifiedAt: null,
  };
  if ("reason" in result) {
    return { ...common, result: "not checked", reason: result.reason, findings: [] };
  }
  const { findings, rehearsal, verifiedAt = null } = result;
  const fails = findings.some(({ severity }) => severity === "failure");
  const { observations = [], addresses = [], certificate } = rehearsal ?? {};
  return {
    ...common,
    result: endpoint === undefined ? "no endpoint" : fails ? "fails" : "works",
    reason: null,
    findings: findings.toSorted((a, b) => a.severity.localeCompare(b.severity)),
    requests: observations.map(({ probe, status, durationMs }) => ({
      request: probe,
      status,
      durationMs,
    })),
    addresses: endpoint?.isSecret ? [] : addresses,
    certificateExpiresAt:
      certificate === undefined ? null : new Date(certificate.expiresAtMs).toISOString(),
    verifiedAt,
  };
}
