import { isPlainObject } from "../../provider/plain-object";
import { parseJson } from "../formats";

/** The engine's record of where a resource was declared, innermost frame first. */
export interface Declared {
  sourcePosition?: string;
  stackTrace?: Array<{ sourcePosition?: string }>;
}

/** A resource in a state or in a step of a preview; only the fields read here. */
export interface ResourceState extends Declared {
  urn: string;
  type: string;
  /** Missing for components. */
  id?: string | undefined;
  /** Whether a provider manages it. Otherwise it is a component. */
  custom?: boolean;
  /** The URN of the parent. Missing for the stack. */
  parent?: string | undefined;
  /** Replaced, but not yet deleted. */
  delete?: boolean;
  /** The URN and the ID of the provider resource. */
  provider?: string | undefined;
  ignoreChanges?: string[];
  inputs?: Record<string, unknown> | undefined;
  outputs?: Record<string, unknown> | undefined;
}

/** `pulumi stack export`; only the fields read here. */
export interface Deployment {
  resources?: ResourceState[];
  pending_operations?: Array<{ type: string; resource: ResourceState }>;
}

/**
 * Parses what `pulumi stack export` prints. The state may have been edited: a field of an unexpected type
 * counts as missing.
 *
 * @returns undefined if it is not an exported state
 */
export function parseDeployment(text: string): Deployment | undefined {
  const exported = recordOf(parseJson(text));
  // Some backends export null for a stack that was never deployed.
  const deployment = exported?.deployment === null ? {} : recordOf(exported?.deployment);
  return (
    deployment && {
      resources: listOf(deployment.resources).flatMap((one) => parseResource(one) ?? []),
      pending_operations: listOf(deployment.pending_operations).flatMap((one) => {
        const { type, resource } = recordOf(one) ?? {};
        const parsed = parseResource(resource);
        return parsed === undefined ? [] : [{ type: textOf(type) ?? "", resource: parsed }];
      }),
    }
  );
}

/** @returns undefined without a URN */
function parseResource(value: unknown): ResourceState | undefined {
  const { urn, type, id, parent, provider, inputs, outputs, ignoreChanges, ...others } =
    recordOf(value) ?? {};
  if (typeof urn !== "string") return undefined;
  return {
    ...others,
    urn,
    type: textOf(type) ?? "",
    id: textOf(id),
    parent: textOf(parent),
    provider: textOf(provider),
    inputs: recordOf(inputs),
    outputs: recordOf(outputs),
    ignoreChanges: listOf(ignoreChanges).filter((path) => typeof path === "string"),
  };
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return isPlainObject(value) ? value : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** @returns undefined if it is not a string */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A time in a state, as UTC in RFC 3339. `undefined` if it is not a time. */
export function timeOf(value: unknown): string | undefined {
  const timeMs = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString();
}

/** The logical name in Pulumi. */
export function resourceName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

export function isStack(urn: string): boolean {
  return urn.split("::")[2] === "pulumi:pulumi:Stack";
}

/** The parents of a resource up to the stack, the nearest first. */
export function ancestorsOf<Resource extends { urn: string; parent?: string | undefined }>(
  { parent }: Resource,
  resources: readonly Resource[],
): Resource[] {
  if (parent === undefined || isStack(parent)) return [];
  const found = resources.find(({ urn }) => urn === parent);
  return found === undefined ? [] : [found, ...ancestorsOf(found, resources)];
}
