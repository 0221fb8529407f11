import { ignoredIn } from "../stacks/environment";
import { listTargets, type Selection } from "../stacks/targets";
import { type Inspection, type InspectionOptions, inspect } from "./inspection/inspect";

/** Inspects all selected stacks. */
export async function look(
  selection: Selection,
  options: InspectionOptions,
): Promise<Inspection[]> {
  const targets = await listTargets(selection, options.pulumi);
  const inspections = await Promise.all(targets.map((target) => inspect(target, options)));
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
