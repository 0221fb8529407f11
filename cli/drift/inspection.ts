import type * as automation from "@pulumi/pulumi/automation";
import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation";

/** One registration as the engine sees it: what the program declares beside what the state knows. */
export interface InspectedRegistration {
  urn: string;
  /** The logical name in Pulumi. */
  resource: string;
  /** The name at VCC, and where; unknown while the program does not know them yet. */
  provider?: string;
  region?: string;
  /** What `up` would do. */
  operation: OpType;
  /** The properties that differ; of headers the names, never the values. */
  changed: string[];
  /** When VCC last acknowledged it: UTC, RFC 3339. */
  registeredAt?: string;
  /** What the state has been told beyond what was declared. */
  drift?: string;
  /** An update ended before the engine knew its result. */
  interrupted: boolean;
}

export interface Inspection {
  project: string;
  stack: string;
  registrations: InspectedRegistration[];
}

export interface InspectionOptions {
  /** Where Pulumi.yaml is. */
  directory: string;
  /** @default the selected stack */
  stack?: string;
  /** Whether to refresh first, as `pulumi preview --refresh` does. */
  refresh: boolean;
}

const registrationType = "pulumi-nodejs:dynamic/vcc:VccProvider";

/** The look failed: nothing can be said, least of all that there is no drift. */
export class CouldNotLookError extends Error {}

/**
 * Previews a stack through the user's own Pulumi, without credentials of VCC.
 *
 * @throws CouldNotLookError with the next step
 */
export async function inspect({
  directory,
  stack: name,
  refresh,
}: InspectionOptions): Promise<Inspection> {
  // Loaded here: it takes long, and the other commands do without.
  const { LocalWorkspace }: typeof automation = require("@pulumi/pulumi/automation");
  const workspace = await LocalWorkspace.create({ workDir: directory }).catch(couldNotLook);
  const { name: project } = await workspace.projectSettings().catch(couldNotLook);
  const stackName = name ?? (await workspace.stack().catch(couldNotLook))?.name;
  if (stackName === undefined) {
    throw new CouldNotLookError("no stack is selected: give one with --stack");
  }
  const stack = await LocalWorkspace.selectStack({ stackName, workDir: directory }).catch(
    couldNotLook,
  );
  const steps = new Map<string, StepEventMetadata>();
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    const step = resourcePreEvent?.metadata;
    if (step?.type === registrationType && step.op !== "refresh") record(steps, step);
  };
  // The state is read beside the preview: it alone tells of interrupted updates.
  const [, state] = await Promise.all([
    stack.preview({ refresh, onEvent }),
    stack.exportStack(),
  ]).catch(couldNotLook);
  const interrupted = new Set(interruptedUrns(state.deployment));
  return {
    project,
    stack: stackName,
    registrations: [...steps.values()].map((step) => registrationOf(step, interrupted)),
  };
}

/** A replacement is several steps of one resource; what names the change comes first. */
function record(steps: Map<string, StepEventMetadata>, step: StepEventMetadata) {
  const earlier = steps.get(step.urn);
  if (earlier === undefined || step.op === "replace") steps.set(step.urn, step);
}

function registrationOf(
  { urn, op, detailedDiff, diffs, old, new: next }: StepEventMetadata,
  interrupted: ReadonlySet<string>,
): InspectedRegistration {
  const declared = next?.inputs ?? old?.inputs ?? {};
  const known = old?.outputs ?? {};
  return {
    urn,
    resource: urn.slice(urn.lastIndexOf("::") + 2),
    ...text("provider", declared.provider),
    ...text("region", declared.region),
    operation: op,
    changed: detailedDiff ? Object.keys(detailedDiff).sort() : [...(diffs ?? [])].sort(),
    ...text("registeredAt", known.registeredAt),
    ...text("drift", known.drift),
    interrupted: interrupted.has(urn),
  };
}

/** The engine puts objects in the place of what is secret or unknown. */
function text<Key extends string>(key: Key, value: unknown): { [K in Key]?: string } {
  return (typeof value === "string" ? { [key]: value } : {}) as { [K in Key]?: string };
}

function interruptedUrns(deployment: {
  pending_operations?: Array<{ resource: { urn: string } }>;
}): string[] {
  return (deployment.pending_operations ?? []).map(({ resource }) => resource.urn);
}

/** The CLI's own words, which it writes for people, shortened to what went wrong. */
function couldNotLook(cause: Error): never {
  const lines = cause.message
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const at = lines.findIndex((line) => /^error: (?!preview failed)/.test(line));
  const reason = lines[at]?.replace(/^error: /, "") ?? lines[0] ?? "unknown";
  // An exception of the program stands in the line after the one that tells of it.
  throw new CouldNotLookError(reason.endsWith(":") ? `${reason} ${lines[at + 1]}` : reason, {
    cause,
  });
}
