import { shellWord } from "../../shell";
import type { Inspection } from "../inspection/inspect";
import { type ComparedRegistration, type DriftClass, driftClasses } from "./classes";

/** What repairs one registration. */
export interface Remedy {
  /** Its URN, if `up` registers it only with `--replace`: the preview shows no change. */
  replace?: string;
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
      ...(operation === "same" && { replace: urn }),
      refreshes: repair === "up --refresh",
      clearsCreations: interrupted === "creating",
    },
  ];
}

/**
 * The command that applies all remedies to a stack, for a POSIX shell.
 *
 * @returns null without remedies
 */
export function repairCommand(
  remedies: Remedy[],
  { directory, organization, project, stack = "", canRunProgram }: Inspection,
): string | null {
  if (remedies.length === 0) return null;
  const name = organization === undefined ? stack : `${organization}/${project}/${stack}`;
  const target = [...(directory === "." ? [] : ["--cwd", directory]), "--stack", name];
  const refresh = ["--refresh", ...(canRunProgram ? ["--run-program"] : [])];
  const commands = [
    [
      "up",
      ...(remedies.some(({ refreshes }) => refreshes) ? refresh : []),
      ...target,
      ...remedies.flatMap(({ replace }) => (replace === undefined ? [] : ["--replace", replace])),
    ],
    ...(remedies.some(({ clearsCreations }) => clearsCreations)
      ? [["refresh", ...target, "--clear-pending-creates"]]
      : []),
  ];
  return commands.map((args) => ["pulumi", ...args].map(shellWord).join(" ")).join(" && ");
}
