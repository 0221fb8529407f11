import type { InspectedRegistration, Inspection } from "./inspection";
import type { Declared, SourceTree } from "./source";

// What a preview says of each registration, beside what only the state knows.

const registrationType = "pulumi-nodejs:dynamic/vcc:VccProvider";

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
