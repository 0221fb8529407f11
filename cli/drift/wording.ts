import type { DriftReport, ReportedRegistration } from "./report";

// The words that several formats share.

export const unverifiedNote = "Unverified: VCC has no read, so nobody has seen what it holds.";

/** In sync without evidence is never called just that. */
export function className(registration: ReportedRegistration): string {
  return isUnverified(registration) ? `${registration.class} (unverified)` : registration.class;
}

export function isUnverified(registration: ReportedRegistration): boolean {
  return registration.class === "in sync" && !registration.verified;
}

/** The name at VCC, which may hold anything but control characters; else the one in Pulumi. */
export function nameOf({ provider, resource }: ReportedRegistration): string {
  return provider ?? `(${resource})`;
}

export function titleOf({ project, stack }: DriftReport): string {
  return project === null ? "pulumi-vcc drift" : `${project}/${stack}`;
}

export function summaryOf({ count, registrations, error }: DriftReport): string {
  if (error !== null) return `could not look: ${error}`;
  const all = counted(registrations.length, "registration");
  const deviating = registrations.filter((one) => one.class !== "in sync").length;
  if (deviating === 0) return `${all} as declared`;
  const failing = count === deviating ? "" : `, ${count || "none"} of a class that fails`;
  return `${deviating} of ${all} ${deviating === 1 ? "is" : "are"} not as declared${failing}`;
}

/** All that is to be said of one registration, in one line. */
export function sentenceOf(registration: ReportedRegistration): string {
  const { region, changed, evidence, repair } = registration;
  return [
    `${JSON.stringify(nameOf(registration))} (${region ?? "region unknown"}) is ${className(registration)}`,
    ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : []),
    evidence,
    ...(repair === null ? [] : [`to repair: ${repair}`]),
  ].join("; ");
}

/** Each command that repairs, with the names of all that it repairs. */
export function repairsOf({
  registrations,
}: DriftReport): Array<{ command: string; names: string[] }> {
  const names = Map.groupBy(registrations, ({ repair }) => repair);
  return [...names].flatMap(([command, repaired]) =>
    command === null ? [] : [{ command, names: repaired.map(nameOf) }],
  );
}

/** "45 s", "12 min", "5 h", "30 d"; nothing where nothing was confirmed. */
export function ageOf({ ageS }: ReportedRegistration): string {
  if (ageS === null) return "";
  if (ageS < 60) return `${ageS} s`;
  if (ageS < 3600) return `${Math.floor(ageS / 60)} min`;
  return ageS < 86_400 ? `${Math.floor(ageS / 3600)} h` : `${Math.floor(ageS / 86_400)} d`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
