import { describeUnexpected, InspectionError } from "../../errors";
import { parseJson } from "../../formats";
import { findProject, type Project } from "../../pulumi/project";
import type { Pulumi, PulumiResult } from "../../pulumi/pulumi";
import {
  type PreviewDiagnostics,
  previewErrors,
  toInspectionError,
} from "../../pulumi/pulumi-error";
import { findStack, requireInspectable, type Stack } from "../../pulumi/stack";
import { secretsOfStack } from "../../pulumi/stack-configuration";
import { parseDeployment } from "../../pulumi/state";
import { listTargets, type Selection, stackOptionOf, type Target } from "../../pulumi/targets";
import {
  hasWitness,
  type InspectedRegistration,
  inspectRegistrations,
  type Step,
} from "./registrations";
import { createLocator } from "./source";

/** What the inspection of a stack found. */
export interface Inspection {
  /** Missing if unknown: the inspection failed before, or the backend has none. */
  organization?: string | undefined;
  project?: string | undefined;
  stack?: string | undefined;
  /** As passed by the caller. */
  directory: string;
  /** Why some or all registrations could not be checked: one line that names the next step. */
  error?: string | undefined;
  registrations: InspectedRegistration[];
  /**
   * Whether a refresh can run the program. Otherwise it has the configuration of the last `up`. Missing if
   * the inspection failed before.
   */
  canRunProgram?: boolean | undefined;
}

export interface InspectionOptions {
  pulumi: Pulumi;
  /**
   * Whether to refresh first, which asks witnesses.
   * @default if a registration has one, otherwise as set in the project's options
   */
  refresh?: boolean | undefined;
}

/** Inspects all selected stacks. */
export async function inspectAll(
  selection: Selection,
  options: InspectionOptions,
): Promise<Inspection[]> {
  const targets = await listTargets(selection, options.pulumi);
  if (targets.length > 0) return Promise.all(targets.map((target) => inspect(target, options)));
  // Most likely, another backend has them.
  const directory = selection.allProjects ?? selection.directory ?? ".";
  const error =
    "there are no stacks; choose another directory, or another backend with `pulumi login`";
  return [{ directory, error, registrations: [] }];
}

/**
 * Previews a stack with the user's own Pulumi CLI, without VCC credentials. A failure is part of the
 * result, with what the preview found before it.
 *
 * It reads `preview --json`, because the Automation API's events lack source positions. The API also
 * selects the stack, and exports its secrets in clear text.
 */
export async function inspect(target: Target, options: InspectionOptions): Promise<Inspection> {
  const { directory } = target;
  const inspection: Inspection = { directory, stack: target.stack, registrations: [] };
  try {
    if (target.error !== undefined) throw target.error;
    const project = findProject(directory);
    inspection.project = project.name;
    const { pulumi } = options;
    const stackOption = stackOptionOf(target);
    const [stack, state] = await Promise.all([
      findStack(pulumi, project, stackOption).then((found) => {
        const { organization, project, name } = found;
        Object.assign(inspection, { organization, project, stack: name });
        return found;
      }),
      // Only the exported state shows interrupted updates.
      pulumi(["stack", "export", ...stackOption], project.directory),
    ]);
    const configuration = await requireInspectable(stack, project);
    return { ...inspection, ...(await preview(project, stack, configuration, state, options)) };
  } catch (error) {
    // Reports must include a bug of this command, too.
    const message = error instanceof InspectionError ? error.message : describeUnexpected(error);
    return { ...inspection, error: message };
  }
}

async function preview(
  { directory }: Project,
  { reference, canRunProgram }: Stack,
  configuration: Record<string, unknown>,
  state: PulumiResult,
  { pulumi, refresh }: InspectionOptions,
): Promise<Pick<Inspection, "registrations" | "canRunProgram" | "error">> {
  const stackOption = ["--stack", reference];
  const deployment = parseDeployment(state.stdout);
  const refreshes = refresh ?? (hasWitness(deployment ?? {}) || undefined);
  const refreshOptions = [
    ...(refreshes === undefined ? [] : [`--refresh=${refreshes}`]),
    // Otherwise witnesses get the token of the last `up`.
    ...(refreshes && canRunProgram ? ["--run-program"] : []),
  ];
  const previewed = await pulumi(
    ["preview", "--json", "--show-sames", ...refreshOptions, ...stackOption],
    directory,
  );
  const content = (parseJson(previewed.stdout) ?? {}) as PreviewDiagnostics & { steps?: Step[] };
  // A preview can exit with 0 although the program reported an error.
  const hasErrors = previewed.failed || previewErrors(content).length > 0;
  const failure = state.failed ? state : hasErrors ? previewed : undefined;
  if (failure === undefined && (content.steps === undefined || deployment === undefined)) {
    throw new InspectionError(
      "pulumi returned no valid preview or state",
      "run `pulumi preview --json` and `pulumi stack export` to see what they print",
    );
  }
  const registrations = inspectRegistrations(content.steps ?? [], deployment ?? {}, {
    locate: createLocator(directory),
    isRefreshed: refreshes === true,
    configuration,
    environment: process.env,
  });
  if (failure === undefined) return { registrations, canRunProgram };
  const secrets = await secretsOfStack(pulumi, directory, stackOption);
  return { registrations, canRunProgram, error: toInspectionError(failure, secrets).message };
}
