import { shellWord } from "../../shell";
import type { Inspection } from "../inspection/inspect";
import type { ComparedRegistration, DriftClass } from "./classes";

/** What repairs one registration. */
export interface Repair {
  /** Its URN, if `up` registers it only with `--replace`: the preview shows no change. */
  replace?: string;
  /** Whether only a refresh shows `up` what differs. */
  refreshes: boolean;
  /** The engine records an interrupted creation until `refresh` clears it. */
  clearsCreations: boolean;
}

/** @returns undefined if no command repairs it */
export function repairOf(
  driftClass: DriftClass,
  { urn, operation, interrupted, rivals = [] }: ComparedRegistration,
): Repair | undefined {
  if (irreparable.includes(driftClass) || rivals.length > 0) return undefined;
  // Only the pending operation mentions it: no command reaches what VCC may hold.
  if (operation === undefined) return undefined;
  return {
    ...(operation === "same" && { replace: urn }),
    refreshes: driftClass === "drifted" || driftClass === "contested",
    clearsCreations: interrupted === "creating",
  };
}

/** Nothing is wrong, or another `up` would not help. */
const irreparable: DriftClass[] = [
  "verified",
  "in sync",
  "ignored",
  "rotating",
  "unverified",
  "check failed",
];

/** The arguments of each `pulumi` that repairs all of these, in order. */
export function repairCommands(
  repairs: Repair[],
  {
    directory,
    canRunProgram,
    ...inspection
  }: Pick<Inspection, "directory" | "organization" | "project" | "stack" | "canRunProgram">,
): string[][] {
  if (repairs.length === 0) return [];
  const cwd = directory === "." ? [] : ["--cwd", directory];
  const target = [...cwd, "--stack", stackReference(inspection)];
  const replace = repairs.flatMap((repair) =>
    repair.replace === undefined ? [] : ["--replace", repair.replace],
  );
  const refreshes = repairs.some((repair) => repair.refreshes);
  const refreshOptions = ["--refresh", ...(canRunProgram ? ["--run-program"] : [])];
  const clears = repairs.some(({ clearsCreations }) => clearsCreations);
  return [
    ["up", ...(refreshes ? refreshOptions : []), ...target, ...replace],
    ...(clears ? [["refresh", ...target, "--clear-pending-creates"]] : []),
  ];
}

/** For a POSIX shell. */
export function commandLine(commands: string[][]): string | null {
  const lines = commands.map((args) => ["pulumi", ...args].map(shellWord).join(" "));
  return lines.join(" && ") || null;
}

/** What to do if no command repairs it. */
export function adviceOf(
  driftClass: DriftClass,
  { operation, interrupted, ignored, rivals = [] }: ComparedRegistration,
): string | null {
  if (driftClass === "contested") {
    return rivals.length > 0
      ? "declare the name once, and remove the other resources"
      : "find out who else registers this name, and then register it again";
  }
  if (driftClass === "rotating") return "keep accepting the former headers, and check again";
  if (driftClass === "unverified") {
    return "make sure that the receiver gets notifications, and that `witness` is its URL";
  }
  if (driftClass === "ignored") {
    return `to compare ${ignored.join(", ")}, remove the option ignoreChanges`;
  }
  if (driftClass !== "unknown" || operation !== undefined) return null;
  return interrupted === "creating"
    ? "declare it again, run `pulumi up`, remove it, and run `pulumi up` again, which resets it; " +
        "`pulumi refresh --clear-pending-creates` would only forget that VCC may hold it"
    : "repair what the preview failed on, and check again";
}

function stackReference({
  organization,
  project,
  stack,
}: Omit<Inspection, "directory" | "registrations">) {
  return organization === undefined ? (stack ?? "") : `${organization}/${project}/${stack}`;
}
