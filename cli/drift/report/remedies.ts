import { shellWord } from "../../shell";
import type { Inspection } from "../inspection/inspect";
import { type ComparedRegistration, type DriftClass, driftClasses } from "./classes";

/** What repairs one registration. */
export interface Remedy {
  urn: string;
  /** Whether `up` registers it only with `--replace`: the preview shows no change. */
  replaces: boolean;
  /** Whether only a refresh shows `up` what differs. */
  refreshes: boolean;
  /** The engine records an interrupted creation until `refresh` clears it. */
  clearsCreations: boolean;
}

/** What repairs a registration: nothing, if no command does. */
export function remediesOf(
  driftClass: DriftClass,
  { urn, operation, interrupted, rivals = [] }: ComparedRegistration,
): Remedy[] {
  const { repair } = driftClasses[driftClass];
  if (repair === undefined || rivals.length > 0) return [];
  // Only the pending operation mentions it: no command reaches what VCC may hold.
  if (operation === undefined) return [];
  return [
    {
      urn,
      replaces: operation === "same",
      refreshes: repair === "up --refresh",
      clearsCreations: interrupted === "creating",
    },
  ];
}

/**
 * The command that applies remedies to a stack, for a POSIX shell.
 *
 * @param reach `targets`: it touches nothing else. `stack`: it also applies all other changes
 * @returns null without remedies
 */
export function repairCommand(
  remedies: Remedy[],
  { directory, organization, project, stack = "", canRunProgram, registrations }: Inspection,
  reach: "targets" | "stack",
): string | null {
  if (remedies.length === 0) return null;
  const urns = [...new Set(remedies.map(({ urn }) => urn))];
  const targets = reach === "stack" ? [] : urns.flatMap((urn) => ["--target", urn]);
  // Clearing forgets all interrupted creations, also one that no command repairs.
  const clears =
    remedies.some(({ clearsCreations }) => clearsCreations) &&
    !registrations.some(
      ({ urn, interrupted }) => interrupted === "creating" && !urns.includes(urn),
    );
  const name = organization === undefined ? stack : `${organization}/${project}/${stack}`;
  const selection = [
    ...(directory === "." ? [] : ["--cwd", directory]),
    ...["--stack", name, ...targets],
  ];
  const refresh = ["--refresh", ...(canRunProgram ? ["--run-program"] : [])];
  const commands = [
    [
      "up",
      ...(remedies.some(({ refreshes }) => refreshes) ? refresh : []),
      ...selection,
      ...remedies.flatMap(({ urn, replaces }) => (replaces ? ["--replace", urn] : [])),
    ],
    ...(clears ? [["refresh", ...selection, "--clear-pending-creates"]] : []),
  ];
  return commands.map((args) => ["pulumi", ...args].map(shellWord).join(" ")).join(" && ");
}
