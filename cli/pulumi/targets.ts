import { InspectionError } from "../errors";
import { parseJson } from "../formats";
import { findProject, findProjectsBelow } from "./project";
import type { Pulumi } from "./pulumi";
import { toInspectionError } from "./pulumi-error";
import { type Deployment, parseDeployment } from "./state";

/** Which stacks to check. */
export interface Selection {
  /** The directory of Pulumi.yaml, or one below it. @default the current one */
  directory?: string | undefined;
  /** @default the selected stack */
  stacks?: string[] | undefined;
  /** All stacks of the project. */
  all?: boolean | undefined;
  /** All stacks of all projects at or below this directory. */
  allProjects?: string | undefined;
}

/** A stack to check, or the reason why the stacks of a project are unknown. */
export interface Target {
  directory: string;
  /** As the CLI's `--stack`. @default the selected stack */
  stack?: string | undefined;
  error?: InspectionError | undefined;
}

/** Arguments of the CLI. */
export function stackOptionOf({ stack }: Target): string[] {
  return stack === undefined ? [] : ["--stack", stack];
}

/** Lists the selected stacks. A project whose stacks cannot be listed is one target. */
export async function listTargets(
  { directory = ".", stacks = [], all, allProjects }: Selection,
  pulumi: Pulumi,
): Promise<Target[]> {
  if (allProjects !== undefined) {
    const directories = attempt(() => findProjectsBelow(allProjects));
    if (directories instanceof InspectionError) {
      return [{ directory: allProjects, error: directories }];
    }
    return (await Promise.all(directories.map((one) => stacksOf(one, pulumi)))).flat();
  }
  if (all) return stacksOf(directory, pulumi);
  if (stacks.length === 0) return [{ directory }];
  return [...new Set(stacks)].map((stack) => ({ directory, stack }));
}

async function stacksOf(directory: string, pulumi: Pulumi): Promise<Target[]> {
  const problem = attempt(() => findProject(directory));
  if (problem instanceof InspectionError) return [{ directory, error: problem }];
  try {
    const result = await pulumi(["stack", "ls", "--json"], directory);
    const stacks = parseJson(result.stdout) as Array<{ name: string }> | undefined;
    if (result.failed || stacks === undefined) throw toInspectionError(result);
    return stacks.map(({ name }) => ({ directory, stack: name }));
  } catch (error) {
    if (!(error instanceof InspectionError)) throw error;
    return [{ directory, error }];
  }
}

/**
 * The state of a stack.
 *
 * @param options of `pulumi stack export`. @default none: secrets are encrypted
 * @throws InspectionError if it cannot be read
 */
export async function exportState(
  target: Target,
  pulumi: Pulumi,
  options: string[] = [],
): Promise<Deployment> {
  if (target.error !== undefined) throw target.error;
  const { directory } = findProject(target.directory);
  const args = ["stack", "export", ...options, ...stackOptionOf(target)];
  const result = await pulumi(args, directory);
  if (result.failed) throw toInspectionError(result);
  const deployment = parseDeployment(result.stdout);
  if (deployment !== undefined) return deployment;
  throw new InspectionError(
    "pulumi returned no valid state",
    "run `pulumi stack export` to see what it prints",
  );
}

function attempt<Result>(find: () => Result): Result | InspectionError {
  try {
    return find();
  } catch (error) {
    if (error instanceof InspectionError) return error;
    throw error;
  }
}
