import { noDrift, resourceType } from "../../../provider/contract/resource";
import { unknownValue } from "../../../provider/contract/unknown";
import type { Declared, SourceLocation, SourceTree } from "./source";

/** What the CLI prints instead of a value that is secret or not yet known. */
const masks = ["[secret]", unknownValue];

export interface Inspection {
  project: string;
  stack: string;
  registrations: InspectedRegistration[];
}

/** One registration as Pulumi sees it: what the program declares, and what the state records. */
export interface InspectedRegistration {
  urn: string;
  /** The logical name in Pulumi. */
  resource: string;
  /** The name at VCC and its region; missing while the program does not know them yet. */
  provider?: string;
  region?: string;
  /** What `up` would do, in the engine's words; missing if only a pending operation mentions it. */
  operation?: string;
  /** The properties that differ; headers by name, never by value. */
  changed: string[];
  /** When VCC last acknowledged it: UTC, RFC 3339. */
  registeredAt?: string;
  /** The calendar window of that acknowledgement, if it had one. */
  window?: string;
  /** Why VCC may hold something other than what the state records. */
  drift?: string;
  /** The operation, in the engine's words, whose outcome the engine never learned. */
  interrupted?: string;
  /** Where the program declares it, else the project's file. */
  location: SourceLocation;
}

/** A step of `pulumi preview --json`; only the fields read here. */
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
  /** Replaced, but not yet deleted. */
  delete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** `pulumi stack export`; only the fields read here. */
export interface Deployment {
  resources?: ResourceState[];
  pending_operations?: Array<{ type: string; resource: ResourceState }>;
}

/** Combines the steps of a preview with what only the state records. */
export function createInspection(
  steps: Step[],
  { resources = [], pending_operations: operations = [] }: Deployment,
  tree: SourceTree,
): Inspection {
  const stepsByUrn = new Map<string, Step>();
  for (const step of steps) {
    const type = (step.newState ?? step.oldState)?.type;
    if (type !== resourceType || step.op === "refresh") continue;
    // A replacement is several steps; "replace" is the one that names the changes.
    if (step.op === "replace" || !stepsByUrn.has(step.urn)) stepsByUrn.set(step.urn, step);
  }
  const pending = operations.filter(({ resource }) => resource.type === resourceType);
  const interrupted = new Map(pending.map(({ type, resource }) => [resource.urn, type]));
  // An update replaced these but could not delete them; no preview has a step for them.
  const leftovers = resources.filter((one) => one.delete && one.type === resourceType);
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
      ...leftovers.map((resource) => ({ ...fromState(resource, tree), operation: "delete" })),
    ],
  };
}

function fromStep(
  { urn, op, detailedDiff, diffReasons, oldState, newState }: Step,
  interrupted: ReadonlyMap<string, string>,
  tree: SourceTree,
): InspectedRegistration {
  const inputs = newState?.inputs ?? oldState?.inputs;
  const outputs = oldState?.outputs ?? {};
  return {
    ...commonFields(urn, inputs, outputs),
    operation: op,
    changed: publicNames(detailedDiff ? Object.keys(detailedDiff) : (diffReasons ?? [])),
    ...ifKnown("window", outputs.reassertWindow),
    ...ifKnown("drift", outputs.drift === noDrift ? undefined : outputs.drift),
    ...ifKnown("interrupted", interrupted.get(urn)),
    location: (newState && tree.locate(newState)) ?? tree.projectFile,
  };
}

function fromState(
  { urn, inputs, outputs }: ResourceState,
  { projectFile }: SourceTree,
): InspectedRegistration {
  return { ...commonFields(urn, inputs, outputs), changed: [], location: projectFile };
}

function commonFields(
  urn: string,
  inputs: Record<string, unknown> = {},
  outputs: Record<string, unknown> = {},
) {
  return {
    urn,
    resource: urn.split("::").slice(3).join("::"),
    ...ifKnown("provider", inputs.provider),
    ...ifKnown("region", inputs.region),
    ...ifKnown("registeredAt", outputs.registeredAt),
  };
}

/** The headers are one secret value: their fingerprints show which of them changed. */
function publicNames(properties: string[]): string[] {
  const names = properties.map((name) => name.replace(/^headerFingerprints\b/, "headers"));
  const namesHeader = names.some((name) => /^headers[.[]/.test(name));
  return [...new Set(names.filter((name) => name !== "headers" || !namesHeader))].sort();
}

function ifKnown<Key extends string>(key: Key, value: unknown): { [K in Key]?: string } {
  const isKnown = typeof value === "string" && !masks.includes(value);
  return (isKnown ? { [key]: value } : {}) as { [K in Key]?: string };
}
