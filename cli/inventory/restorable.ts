import { resourceType } from "../../provider/resource/provider-code";
import type { ImportedResource } from "../pulumi/import-file";
import { ancestorsOf, type Deployment, resourceName } from "../pulumi/state";

/**
 * The registrations in a state, and the components that contain them, as another state can import them. They keep the
 * keys of their fingerprints, so that witnesses recognize them.
 *
 * @param deployment with its secrets
 */
export function restorableResources({ resources = [] }: Deployment): ImportedResource[] {
  // VCC no longer needs what was replaced, but not reset: another registration has its name, or none.
  const held = resources.filter((one) => !one.delete);
  const registrations = held.filter(({ type }) => type === resourceType);
  const components = registrations
    .flatMap((registration) => ancestorsOf(registration, held).toReversed())
    .filter(({ custom, parent }) => !custom && parent !== undefined);
  return [...new Set([...components, ...registrations])].map((resource) => {
    const { urn, type, custom, id, parent, inputs = {}, outputs } = resource;
    const name = resourceName(urn);
    return { urn, type, name, parent, inputs, outputs, ...(custom && { id }) };
  });
}
