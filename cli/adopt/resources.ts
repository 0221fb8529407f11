import { idOf, unacknowledgedOutputs } from "../../provider/lifecycle/state";
import { providerCode } from "../../provider/resource/provider-code";
import { toProviderSettings } from "../../provider/vcc/provider-settings";
import type { DeclaredResource } from "../pulumi/declared";
import { type ImportedResource, markedSecret } from "../pulumi/import-file";
import { ancestorsOf } from "../pulumi/state";
import type { AdoptableRegistration } from "./registrations";

/** What the state lacks: the registrations, without `registeredAt`, and the components that contain them. */
export function resourcesOf(
  registrations: readonly AdoptableRegistration[],
  declared: readonly DeclaredResource[],
): ImportedResource[] {
  const components = registrations
    .flatMap(({ resource }) => ancestorsOf(resource, declared))
    .filter(({ custom, operation }) => !custom && operation === "create");
  return [
    ...[...new Set(components)].map(({ urn, type, name, parent, inputs }) => ({
      urn,
      type,
      name,
      parent,
      inputs,
    })),
    ...registrations.map(({ resource: { urn, type, name, parent }, inputs, headers, secret }) => ({
      urn,
      type,
      name,
      parent,
      id: idOf(inputs),
      inputs: stored(inputs, secret),
      outputs: stored(
        unacknowledgedOutputs(inputs, toProviderSettings({ ...inputs, headers })),
        secret,
      ),
    })),
  ];
}

/** As the engine stores what the provider process returns. */
function stored(values: object, secret: readonly string[]): Record<string, unknown> {
  const entries = Object.entries({ ...values, __provider: providerCode });
  return Object.fromEntries(
    entries.map(([name, value]) => [name, secret.includes(name) ? markedSecret(value) : value]),
  );
}
