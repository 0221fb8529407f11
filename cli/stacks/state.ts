/** The engine's record of where a resource was declared, innermost frame first. */
export interface Declared {
  sourcePosition?: string;
  stackTrace?: Array<{ sourcePosition?: string }>;
}

/** A resource in a state or in a step of a preview; only the fields read here. */
export interface ResourceState extends Declared {
  urn: string;
  type: string;
  /** Replaced, but not yet deleted. */
  delete?: boolean;
  /** The URN and the ID of the provider resource. */
  provider?: string;
  ignoreChanges?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** `pulumi stack export`; only the fields read here. */
export interface Deployment {
  resources?: ResourceState[];
  pending_operations?: Array<{ type: string; resource: ResourceState }>;
}

/** The logical name in Pulumi. */
export function resourceName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
