import { ignoredIn } from "../pulumi/environment";
import { listTargets, type Selection } from "../pulumi/targets";
import { type Inspection, type InspectionOptions, inspect } from "./inspection/inspect";

/** Inspects all selected stacks. */
export async function look(
  selection: Selection,
  options: InspectionOptions,
): Promise<Inspection[]> {
  const targets = await listTargets(selection, options.pulumi);
  if (targets.length > 0) return Promise.all(targets.map((target) => inspect(target, options)));
  // Most likely this is another backend than the one that has them.
  const directory = selection.allProjects ?? selection.directory ?? ".";
  const error =
    "there are no stacks; choose another directory, or another backend with `pulumi login`";
  return [{ directory, error, registrations: [] }];
}

/** Says which variables of the environment the commands did not get. */
export function environmentWarnings(environment: NodeJS.ProcessEnv): string[] {
  const ignored = ignoredIn(environment);
  if (ignored.length === 0) return [];
  return [`pulumi does not get ${ignored.join(", ")}, which can change what it checks`];
}
