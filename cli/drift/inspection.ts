import { CouldNotLookError } from "./could-not-look";
import { findProject, lookAhead } from "./look-ahead";
import { errorsOf, parseJson, pulumi, reasonOf } from "./pulumi";
import { type Declared, type SourceLocation, SourceTree } from "./source";

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

const registrationType = "pulumi-nodejs:dynamic/vcc:VccProvider";

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
  // A program that reports an error fails, whatever the preview's exit code.
  if (errorsOf(preview.stdout).length > 0) throw reasonOf(preview);
  const { steps } = (parseJson(preview.stdout) ?? {}) as { steps?: Step[] };
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

/** A step of `pulumi preview --json`, as far as it is read. */
export interface Step {
  op: string;
  urn: string;
  oldState?: ResourceState;
  newState?: ResourceState;
  detailedDiff?: Record<string, unknown> | null;
  diffReasons?: string[];
}

interface ResourceState extends Declared {
  urn: string;
  type: string;
  /** Replaced, and still to be deleted. */
  delete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** `pulumi stack export`, as far as it is read. */
export interface Deployment {
  resources?: ResourceState[];
  pending_operations?: Array<{ type: string; resource: ResourceState }>;
}

/** Puts the steps of a preview beside what the state alone knows. */
export function inspectionOf(
  steps: Step[],
  { resources = [], pending_operations: operations = [] }: Deployment,
  tree: SourceTree,
): Inspection {
  const stepsByUrn = new Map<string, Step>();
  for (const step of steps) {
    const type = (step.newState ?? step.oldState)?.type;
    if (type === registrationType && step.op !== "refresh") record(stepsByUrn, step);
  }
  const pending = operations.filter(({ resource }) => resource.type === registrationType);
  const interrupted = new Map(pending.map(({ type, resource }) => [resource.urn, type]));
  // What an update replaced and could not delete; no preview has a step for it.
  const leftOver = resources.filter((one) => one.delete && one.type === registrationType);
  // Every preview has a step for the stack itself.
  const [, , stack = "?", project = "?"] = steps[0]?.urn.split(/:+/) ?? [];
  return {
    project,
    stack,
    registrations: [
      ...[...stepsByUrn.values()].map((step) => fromStep(step, interrupted, tree)),
      ...pending
        .filter(({ resource }) => !stepsByUrn.has(resource.urn))
        .map(({ type, resource }) => ({ ...fromState(resource, tree), interrupted: type })),
      ...leftOver.map((resource) => ({ ...fromState(resource, tree), operation: "delete" })),
    ],
  };
}

/** A replacement is several steps of one resource; what names the change comes first. */
function record(steps: Map<string, Step>, step: Step) {
  const earlier = steps.get(step.urn);
  if (earlier === undefined || step.op === "replace") steps.set(step.urn, step);
}

function fromStep(
  { urn, op, detailedDiff, diffReasons, oldState, newState }: Step,
  interrupted: ReadonlyMap<string, string>,
  tree: SourceTree,
): InspectedRegistration {
  const declared = newState?.inputs ?? oldState?.inputs ?? {};
  const known = oldState?.outputs ?? {};
  return {
    urn,
    resource: logicalName(urn),
    ...text("provider", declared.provider),
    ...text("region", declared.region),
    operation: op,
    changed: namesOf(detailedDiff ? Object.keys(detailedDiff) : (diffReasons ?? [])),
    ...text("registeredAt", known.registeredAt),
    ...text("window", known.reassertWindow),
    ...text("drift", known.drift),
    ...text("interrupted", interrupted.get(urn)),
    location: (newState && tree.locate(newState)) ?? tree.projectFile,
  };
}

/** What only the state tells of. */
function fromState(
  { urn, inputs = {}, outputs = {} }: ResourceState,
  tree: SourceTree,
): InspectedRegistration {
  return {
    urn,
    resource: logicalName(urn),
    ...text("provider", inputs.provider),
    ...text("region", inputs.region),
    changed: [],
    ...text("registeredAt", outputs.registeredAt),
    location: tree.projectFile,
  };
}

function logicalName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Fingerprints stand for the headers, whose values are one secret. */
function namesOf(properties: string[]): string[] {
  const names = properties.map((name) => name.replace(/^headerFingerprints\b/, "headers"));
  const telling = names.filter(
    (name) => name !== "headers" || !names.some((other) => /^headers[.[]/.test(other)),
  );
  return [...new Set(telling)].sort();
}

/** What the CLI prints in the place of what is secret or not yet known. */
const masks = ["[secret]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"];

function text<Key extends string>(key: Key, value: unknown): { [K in Key]?: string } {
  const isKnown = typeof value === "string" && !masks.includes(value);
  return (isKnown ? { [key]: value } : {}) as { [K in Key]?: string };
}
