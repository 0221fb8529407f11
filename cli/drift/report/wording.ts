import { isGood } from "./classes";
import type { DriftReport, ReportedRegistration, StackReport } from "./schema";

// Sentences that several formats share.

export const unverifiedNote =
  "Unverified: the VCC API has no read endpoint, so what VCC holds cannot be checked.";

/** The class, with "unverified" if a registration is in sync without evidence from VCC. */
export function className(registration: ReportedRegistration): string {
  return isUnverified(registration) ? "in sync (unverified)" : registration.class;
}

export function isUnverified(registration: ReportedRegistration): boolean {
  return registration.class === "in sync";
}

/**
 * The registered name, otherwise the one in Pulumi. It may contain any character except control
 * characters.
 */
export function registrationName({ provider, resource }: ReportedRegistration): string {
  return provider ?? `(${resource})`;
}

/** Whether reports show accounts: many programs have only the default account. */
export function hasNamedAccounts({ accounts }: StackReport): boolean {
  return accounts.some(({ account }) => account !== null);
}

/** `organization/project/stack`, as far as they are known. */
export function stackTitle({ organization, project, stack }: StackReport): string {
  return [organization, project, stack].filter(Boolean).join("/") || "pulumi-vcc drift";
}

export function summarize({ count, registrations, error }: StackReport): string {
  if (error !== null) return `check failed: ${error}`;
  if (registrations.length === 0) return "no registrations";
  const all = pluralize(registrations.length, "registration");
  const hidden = registrations.filter((one) => one.class === "ignored").length;
  const deviating = registrations.filter((one) => !isGood(one.class)).length - hidden;
  const ignoring = hidden === 0 ? "" : `, ${hidden} with ignored changes`;
  if (deviating === 0) return `${all} as declared${ignoring}`;
  const failing = count === deviating ? "" : `, ${count || "none"} of them failing`;
  return `${deviating} of ${all} ${deviating === 1 ? "is" : "are"} not as declared${failing}${ignoring}`;
}

/** For a report of several stacks. */
export function summarizeStacks({ stacks, count }: DriftReport): string {
  const failed = stacks.filter(({ error }) => error !== null).length;
  const drifted = stacks.filter((one) => one.count > 0).length;
  return [
    pluralize(stacks.length, "stack"),
    ...(drifted > 0
      ? [`${pluralize(count, "registration")} in ${drifted} not as declared`]
      : ["no registration in a class that fails"]),
    ...(failed > 0 ? [`${pluralize(failed, "check")} failed`] : []),
  ].join(", ");
}

/** Everything about one registration, on one line. */
export function describeRegistration(registration: ReportedRegistration): string {
  const { region, account, changed, evidence, repair, advice } = registration;
  const name = JSON.stringify(registrationName(registration));
  const toRepair = repair ?? advice;
  return [
    `${name} (${region ?? "region unknown"}${account === null ? "" : `, account ${JSON.stringify(account)}`}) is ${className(registration)}`,
    ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : []),
    evidence,
    ...(toRepair === null ? [] : [`to repair: ${toRepair}`]),
  ].join("; ");
}

/** Each advice of a stack once, with the names that it applies to. */
export function listAdvice({
  registrations,
}: StackReport): Array<{ advice: string; names: string[] }> {
  const byAdvice = Map.groupBy(registrations, ({ advice }) => advice);
  return [...byAdvice].flatMap(([advice, advised]) =>
    advice === null ? [] : [{ advice, names: advised.map(registrationName) }],
  );
}

/** The names that the repair command of a stack registers again. */
export function repairedNames({ registrations }: StackReport): string[] {
  return registrations
    .filter(({ fails, repair }) => fails && repair !== null)
    .map(registrationName);
}

/** "45 s", "12 min", "5 h", "30 d"; empty if VCC never acknowledged it. */
export function formatAge({ ageS }: ReportedRegistration): string {
  if (ageS === null) return "";
  if (ageS < 60) return `${ageS} s`;
  if (ageS < 3600) return `${Math.floor(ageS / 60)} min`;
  return ageS < 86_400 ? `${Math.floor(ageS / 3600)} h` : `${Math.floor(ageS / 86_400)} d`;
}

export function pluralize(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
