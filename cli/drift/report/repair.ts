import { shellWord } from "../../shell-word";
import type { Inspection } from "../inspection/inspect";
import type { InspectedRegistration } from "../inspection/registrations";
import type { DriftClass } from "./classes";

/** What repairs one registration. */
export interface Repair {
  /** Its URN, if `up` registers it only with `--replace`: the preview shows no change. */
  replace?: string;
  /** The engine records an interrupted creation until `refresh` clears it. */
  clearsCreations: boolean;
}

/** @returns undefined if no command repairs it */
export function repairOf(
  driftClass: DriftClass,
  { urn, operation, interrupted }: InspectedRegistration,
): Repair | undefined {
  if (["in sync", "ignored", "contested", "could not look"].includes(driftClass)) return undefined;
  // Only the pending operation mentions it: no command reaches what VCC may hold.
  if (operation === undefined) return undefined;
  return {
    ...(operation === "same" && { replace: urn }),
    clearsCreations: interrupted === "creating",
  };
}

/** The arguments of each `pulumi` that repairs all of these, in order. */
export function repairCommands(
  repairs: Repair[],
  {
    directory,
    ...inspection
  }: Pick<Inspection, "directory" | "organization" | "project" | "stack">,
): string[][] {
  if (repairs.length === 0) return [];
  const cwd = directory === "." ? [] : ["--cwd", directory];
  const target = [...cwd, "--stack", stackReference(inspection)];
  const replace = repairs.flatMap((repair) =>
    repair.replace === undefined ? [] : ["--replace", repair.replace],
  );
  const clears = repairs.some(({ clearsCreations }) => clearsCreations);
  return [
    ["up", ...target, ...replace],
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
  { operation, interrupted, ignored }: InspectedRegistration,
): string | null {
  if (driftClass === "contested") return "declare the name once, and remove the other resources";
  if (driftClass === "ignored") {
    return `to compare ${ignored.join(", ")}, remove the option ignoreChanges`;
  }
  if (driftClass !== "unknown" || operation !== undefined) return null;
  return interrupted === "creating"
    ? "declare it again, run `pulumi up`, remove it, and run `pulumi up` again, which resets it; " +
        "`pulumi refresh --clear-pending-creates` would only forget that VCC may hold it"
    : "repair what the preview failed on, and look again";
}

function stackReference({
  organization,
  project,
  stack,
}: Omit<Inspection, "directory" | "registrations">) {
  return organization === undefined ? (stack ?? "") : `${organization}/${project}/${stack}`;
}
