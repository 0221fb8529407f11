import { InspectionError } from "./inspection-error";
import { findProject, preflight } from "./preflight";
import {
  type PreviewDiagnostics,
  parseJson,
  previewErrors,
  pulumi,
  toInspectionError,
} from "./pulumi";
import { createInspection, type Deployment, type Inspection, type Step } from "./registrations";
import { SourceTree } from "./source";

export interface InspectionOptions {
  /** The directory of Pulumi.yaml, or one below it. */
  directory: string;
  /** @default the selected stack */
  stack?: string | undefined;
  /** Whether to refresh first. @default as set in the project's options, as for `pulumi preview` */
  refresh?: boolean | undefined;
}

/**
 * Previews a stack with the user's own Pulumi CLI, without VCC credentials.
 *
 * It reads `preview --json` instead of the Automation API's events: the events lack source positions and
 * take a quarter longer for 500 registrations, and the API also selects the stack for the user and
 * exports its secrets in clear text.
 *
 * @throws InspectionError
 */
export async function inspect(options: InspectionOptions): Promise<Inspection> {
  const { directory, stack, refresh } = options;
  const tree = new SourceTree(findProject(directory));
  const stackOption = stack === undefined ? [] : ["--stack", stack];
  await preflight(directory, stackOption);

  const refreshOption = refresh === undefined ? [] : [`--refresh=${refresh}`];
  // Only the exported state shows interrupted updates.
  const [preview, state] = await Promise.all([
    pulumi(["preview", "--json", "--show-sames", ...refreshOption, ...stackOption], directory),
    pulumi(["stack", "export", ...stackOption], directory),
  ]);
  for (const result of [preview, state]) if (result.failed) throw toInspectionError(result);
  const previewed = (parseJson(preview.stdout) ?? {}) as PreviewDiagnostics & { steps?: Step[] };
  // A preview can exit with 0 although the program reported an error.
  if (previewErrors(previewed).length > 0) throw toInspectionError(preview);
  const { steps } = previewed;
  const { deployment } = (parseJson(state.stdout) ?? {}) as { deployment?: Deployment };
  if (!steps || !deployment) {
    throw new InspectionError(
      "pulumi returned no valid preview or state",
      "run `pulumi preview --json` and `pulumi stack export` to see what they print",
    );
  }
  const inspection = createInspection(steps, deployment, tree);
  if (inspection.registrations.length > 0) return inspection;
  throw new InspectionError(
    `${inspection.project}/${inspection.stack} neither declares nor holds a VccProvider`,
    "choose another stack with --stack, or another project with --cwd",
  );
}
