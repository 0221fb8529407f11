import { pluralize } from "../../formats";
import { classNames, type DriftClass, driftClasses, isGood, runbookUrl } from "./classes";
import type { DriftReport, ReportedRegistration, StackReport } from "./schema";

// Sentences that several formats share.

export const unverifiedNote =
  "Unverified: the VCC API has no read endpoint, so what VCC holds cannot be checked. " +
  `Next step: add a witness (${runbookUrl("in sync")}).`;

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
  const countOf = (name: DriftClass) => registrations.filter((one) => one.class === name).length;
  const [hidden, adopted] = [countOf("ignored"), countOf("adopted")];
  const deviating = registrations.filter((one) => !isGood(one.class)).length - hidden - adopted;
  // As declared, as far as anybody knows.
  const ignoring =
    (adopted === 0 ? "" : `, ${adopted} adopted`) +
    (hidden === 0 ? "" : `, ${hidden} with ignored changes`);
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
  const { region, account, changed, evidence, repair, advice, runbook } = registration;
  const name = quoteName(registration);
  const toRepair = repair ?? advice;
  return [
    `${name} (${region ?? "region unknown"}${account === null ? "" : `, account ${JSON.stringify(account)}`}) is ${className(registration)}`,
    ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : []),
    evidence,
    ...(toRepair === null ? [] : [`to repair: ${toRepair}`]),
    `see ${runbook}`,
  ].join("; ");
}

/** The registrations of one class that need somebody now. */
interface UrgentCause {
  class: DriftClass;
  registrations: ReportedRegistration[];
  /** Missing if no command repairs any of them. */
  command: string | undefined;
  /** What the command leaves as it is: how many of each other class that fails. Empty without a command. */
  untouched: string;
}

/** What needs somebody now, in the order of repair. */
export function urgentCauses({ registrations, repairs }: StackReport): UrgentCause[] {
  const failing = registrations.filter(({ fails }) => fails);
  const urgent = classNames.filter((name) => driftClasses[name].urgency === "now");
  return urgent
    .map((name) => {
      const command = repairs.find((repair) => repair.class === name)?.command;
      return {
        class: name,
        registrations: failing.filter((one) => one.class === name),
        command,
        untouched: command === undefined ? "" : describeUntouched(name, failing),
      };
    })
    .filter(({ registrations: same }) => same.length > 0);
}

function describeUntouched(repaired: DriftClass, failing: ReportedRegistration[]): string {
  const byClass = Map.groupBy(failing, (one) => one.class);
  byClass.delete(repaired);
  const counts = [...byClass].map(([name, { length }]) => `${length} ${name}`);
  return counts.length === 0 ? "" : `This leaves the others as they are: ${counts.join(", ")}.`;
}

/** Why the causes have this order. Empty if it does not matter. */
export function describeOrder(causes: UrgentCause[]): string {
  return causes[0]?.class === "unknown" && causes.length > 1
    ? "Repair in this order: any update forgets which operations were interrupted."
    : "";
}

/** What fails and only waits for an `up`, by class. */
export function waitingClasses({
  registrations,
}: StackReport): Array<[DriftClass, ReportedRegistration[]]> {
  const waiting = registrations.filter(({ fails, urgency }) => fails && urgency === "up");
  const byClass = Map.groupBy(waiting, (one) => one.class);
  return classNames.flatMap((name) => {
    const all = byClass.get(name);
    return all === undefined ? [] : [[name, all] as [DriftClass, ReportedRegistration[]]];
  });
}

/** What the `update` command of a stack does. */
export function describeUpdate(stack: StackReport): string {
  const resets = waitingClasses(stack).some(([name]) => name === "orphaned");
  return `apply all changes of the program${resets ? ", and reset what is orphaned" : ""}`;
}

/** How many registrations of a cause are described; the table has all. */
export const maxDescribed = 10;

/** A line for each registration of a cause, and for the number of those that are left out. */
export function describeCause(
  { class: name, registrations }: UrgentCause,
  shownClass: string = name,
): string[] {
  const omitted = registrations.length - maxDescribed;
  return [
    ...registrations
      .slice(0, maxDescribed)
      .map((one) => `${quoteName(one)} is ${shownClass}. ${describeUrgent(one)}`),
    ...(omitted > 0 ? [`${omitted} more are ${name}.`] : []),
  ];
}

/** What somebody must know about one registration, as sentences. */
export function describeUrgent({ situation, changed, advice }: ReportedRegistration): string {
  const own = changed.filter((name) => name !== "drift" && name !== "reassertWindow");
  return [
    situation,
    own.length > 0 && `A repair also applies its own change of ${own.join(", ")}.`,
    advice && `To do: ${advice}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Each other advice of a stack once, with what it applies to. */
export function listAdvice({
  registrations,
}: StackReport): Array<{ advice: string; registrations: ReportedRegistration[] }> {
  const others = registrations.filter(({ fails, urgency }) => !(fails && urgency === "now"));
  return [...Map.groupBy(others, ({ advice }) => advice)].flatMap(([advice, advised]) =>
    advice === null ? [] : [{ advice, registrations: advised }],
  );
}

/** The name in quotation marks, for text. */
export function quoteName(registration: ReportedRegistration): string {
  return JSON.stringify(registrationName(registration));
}

/** The first few, and the number of the others. */
export function abbreviate(texts: string[]): string {
  const more = texts.length - 3;
  return `${texts.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** "45 s", "12 min", "5 h", "30 d"; empty if VCC never acknowledged it. */
export function formatAge({ ageS }: ReportedRegistration): string {
  if (ageS === null) return "";
  if (ageS < 60) return `${ageS} s`;
  if (ageS < 3600) return `${Math.floor(ageS / 60)} min`;
  return ageS < 86_400 ? `${Math.floor(ageS / 3600)} h` : `${Math.floor(ageS / 86_400)} d`;
}
