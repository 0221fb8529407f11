import { restorableResources } from "../../../cli/inventory/restorable";
import { markedSecret } from "../../../cli/pulumi/import-file";
import { resourceType as type } from "../../../provider/resource/provider-code";

const stack = { urn: "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev", type: "stack" };
const team = {
  urn: "urn:pulumi:dev::project::acme:Team::one",
  type: "acme:Team",
  custom: false,
  parent: stack.urn,
  inputs: { size: 1 },
};
const empty = { ...team, urn: "urn:pulumi:dev::project::acme:Team::empty" };
const bucket = { urn: "urn:pulumi:dev::project::aws:Bucket::b", type: "aws:Bucket", custom: true };
const registration = (name: string, more: object = {}) => ({
  urn: `urn:pulumi:dev::project::${type}::${name}`,
  type,
  custom: true,
  id: `emea/${name}`,
  parent: stack.urn,
  inputs: { provider: name, fingerprintKey: markedSecret("key") },
  outputs: { provider: name, registeredAt: "2026-11-20T12:00:00.000Z" },
  ...more,
});

describe("the restorable resources of a state", () => {
  it("are its registrations with all that is recorded, and the components that contain them", () => {
    const nested = registration("nested", { parent: team.urn });
    const resources = [stack, bucket, empty, team, nested, registration("crm")];
    expect(restorableResources({ resources })).toEqual([
      { urn: team.urn, type: "acme:Team", name: "one", parent: stack.urn, inputs: { size: 1 } },
      {
        ...{ urn: nested.urn, type, name: "nested", id: "emea/nested", parent: team.urn },
        inputs: nested.inputs,
        outputs: nested.outputs,
      },
      expect.objectContaining({ name: "crm", id: "emea/crm", parent: stack.urn }),
    ]);
  });

  it("leave a parent that a provider manages to the other state", () => {
    const child = registration("child", { parent: bucket.urn });
    const restorable = restorableResources({ resources: [bucket, child] });
    expect(restorable.map(({ name, parent }) => [name, parent])).toEqual([["child", bucket.urn]]);
  });

  it("leave out what was replaced, but not yet reset", () => {
    const replaced = registration("crm", { delete: true });
    expect(restorableResources({ resources: [replaced] })).toEqual([]);
  });
});
