import type { DriftReport, ReportedRegistration } from "./report";

// Wording that several formats share.

export const unverifiedNote =
  "Unverified: the VCC API has no read, so what VCC holds cannot be checked.";

/** Says "unverified" wherever a registration is in sync without evidence from VCC. */
export function className(registration: ReportedRegistration): string {
  return isUnverified(registration) ? `${registration.class} (unverified)` : registration.class;
}

export function isUnverified(registration: ReportedRegistration): boolean {
  return registration.class === "in sync" && !registration.verified;
}

/** The name at VCC, else the one in Pulumi; it may contain anything but control characters. */
export function registrationName({ provider, resource }: ReportedRegistration): string {
  return provider ?? `(${resource})`;
}

export function reportTitle({ project, stack }: DriftReport): string {
  return project === null ? "pulumi-vcc drift" : `${project}/${stack}`;
}

export function summarize({ count, registrations, error }: DriftReport): string {
  if (error !== null) return `could not look: ${error}`;
  const all = pluralize(registrations.length, "registration");
  const deviating = registrations.filter((one) => one.class !== "in sync").length;
  if (deviating === 0) return `${all} as declared`;
  const failing = count === deviating ? "" : `, ${count || "none"} in a class that fails`;
  return `${deviating} of ${all} ${deviating === 1 ? "is" : "are"} not as declared${failing}`;
}

/** Everything about one registration, on one line. */
export function describeRegistration(registration: ReportedRegistration): string {
  const { region, changed, evidence, repair } = registration;
  const name = JSON.stringify(registrationName(registration));
  return [
    `${name} (${region ?? "region unknown"}) is ${className(registration)}`,
    ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : []),
    evidence,
    ...(repair === null ? [] : [`to repair: ${repair}`]),
  ].join("; ");
}

/** Each repair command once, with the names of the registrations that it repairs. */
export function listRepairs({
  registrations,
}: DriftReport): Array<{ command: string; names: string[] }> {
  const byCommand = Map.groupBy(registrations, ({ repair }) => repair);
  return [...byCommand].flatMap(([command, repaired]) =>
    command === null ? [] : [{ command, names: repaired.map(registrationName) }],
  );
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
