import { ignoredIn } from "../stacks/environment";
import { createPulumi } from "../stacks/pulumi";
import { listTargets, type Selection } from "../stacks/targets";
import { type Inspection, inspect } from "./inspection/inspect";

export interface LookOptions {
  /** How many commands of the CLI run at once. */
  parallel: number;
  /** Stops it; its reason becomes the error of each stack that is not finished. */
  signal: AbortSignal;
  /** @default for stacks with a witness, otherwise as set in each project's options */
  refresh?: boolean | undefined;
}

/** Inspects all selected stacks. */
export async function look(
  selection: Selection,
  { parallel, signal, refresh }: LookOptions,
): Promise<Inspection[]> {
  const pulumi = createPulumi({ signal, parallel });
  const targets = await listTargets(selection, pulumi);
  const inspections = await Promise.all(
    targets.map((target) => inspect(target, { pulumi, refresh })),
  );
  const isEmpty = inspections.every(
    ({ registrations, error }) => registrations.length === 0 && error === undefined,
  );
  if (!isEmpty) return inspections;
  const directory = selection.allProjects ?? selection.directory ?? ".";
  return [
    {
      directory,
      error: "no stack declares or holds a VccProvider; choose another directory",
      registrations: [],
    },
  ];
}

/** Says which variables of the environment the commands did not get. */
export function environmentWarnings(environment: NodeJS.ProcessEnv): string[] {
  const ignored = ignoredIn(environment);
  if (ignored.length === 0) return [];
  return [`pulumi does not get ${ignored.join(", ")}, which can change what it looks at`];
}
