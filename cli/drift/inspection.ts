import { CouldNotLookError } from "./could-not-look";
import { findProject, lookAhead } from "./look-ahead";
import { errorsOf, type PreviewDiagnostics, parseJson, pulumi, reasonOf } from "./pulumi";
import { type Deployment, inspectionOf, type Step } from "./registrations";
import { type SourceLocation, SourceTree } from "./source";

/** One registration as the engine sees it: what the program declares beside what the state knows. */
export interface InspectedRegistration {
  urn: string;
  /** The logical name in Pulumi. */
  resource: string;
  /** The name at VCC, and where; missing while the program does not know them yet. */
  provider?: string;
  region?: string;
  /** What `up` would do, as the engine names it; nothing when only the state's pending operation tells of it. */
  operation?: string;
  /** The properties that differ; of headers the names, never the values. */
  changed: string[];
  /** When VCC last acknowledged it: UTC, RFC 3339. */
  registeredAt?: string;
  /** The calendar window in which that was, if it had one. */
  window?: string;
  /** What the state has been told beyond what was declared. */
  drift?: string;
  /** What the engine had begun, as it names it, when it ended without knowing the result. */
  interrupted?: string;
  /** Where the program declares it, else the project's file. */
  location: SourceLocation;
}

export interface Inspection {
  project: string;
  stack: string;
  registrations: InspectedRegistration[];
}

export interface InspectionOptions {
  /** In the project, at Pulumi.yaml or below. */
  directory: string;
  /** @default the selected stack */
  stack?: string | undefined;
  /** Whether to refresh first. @default as the project's options say, as for `pulumi preview` */
  refresh?: boolean | undefined;
}

/**
 * Previews a stack through the user's own Pulumi, without credentials of VCC.
 *
 * It reads `preview --json` and not the Automation API's events: these do not tell where a resource is
 * declared, cost a quarter more time for 500 registrations, and come with a stack that is selected for
 * the user too and an export of its secrets in clear.
 *
 * @throws CouldNotLookError
 */
export async function inspect({
  directory,
  stack,
  refresh,
}: InspectionOptions): Promise<Inspection> {
  const tree = new SourceTree(findProject(directory));
  const ofStack = stack === undefined ? [] : ["--stack", stack];
  await lookAhead(directory, ofStack);

  const howToRefresh = refresh === undefined ? [] : [`--refresh=${refresh}`];
  // The state is read beside the preview: it alone tells of interrupted updates.
  const [preview, state] = await Promise.all([
    pulumi(["preview", "--json", "--show-sames", ...howToRefresh, ...ofStack], directory),
    pulumi(["stack", "export", ...ofStack], directory),
  ]);
  for (const result of [preview, state]) if (result.failed) throw reasonOf(result);
  const previewed = (parseJson(preview.stdout) ?? {}) as PreviewDiagnostics & { steps?: Step[] };
  // A program that reports an error fails, whatever the preview's exit code.
  if (errorsOf(previewed).length > 0) throw reasonOf(preview);
  const { steps } = previewed;
  const { deployment } = (parseJson(state.stdout) ?? {}) as { deployment?: Deployment };
  if (!steps || !deployment) {
    throw new CouldNotLookError(
      "pulumi answered with something else than its preview and its state",
      "run `pulumi preview --json` and `pulumi stack export`, and see what they print",
    );
  }
  const inspection = inspectionOf(steps, deployment, tree);
  if (inspection.registrations.length > 0) return inspection;
  throw new CouldNotLookError(
    `${inspection.project}/${inspection.stack} holds and declares no VccProvider`,
    "give the stack that does, with --stack and --cwd",
  );
}
