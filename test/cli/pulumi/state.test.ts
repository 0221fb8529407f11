import { parseDeployment } from "../../../cli/pulumi/state";

const urn = "urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm";
const type = "pulumi-nodejs:dynamic/vcc:VccProvider";
const parse = (deployment: unknown) => parseDeployment(JSON.stringify({ version: 3, deployment }));

describe("parseDeployment", () => {
  it("keeps what it reads", () => {
    const resource = {
      urn,
      type,
      provider: "urn::id",
      ignoreChanges: ["headers"],
      inputs: { provider: "Crm" },
      outputs: { drift: "none" },
      delete: true,
    };
    const operation = { type: "creating", resource };
    expect(parse({ resources: [resource], pending_operations: [operation] })).toEqual({
      resources: [resource],
      pending_operations: [operation],
    });
  });

  it.each([
    ["null", null],
    ["text", "text"],
    ["a list", []],
  ])("treats %s as missing in any field", (_what, wrong) => {
    const resource = { urn, type, ignoreChanges: [] };
    expect(parse({ resources: [{ urn, type, inputs: wrong, outputs: wrong }, wrong] })).toEqual({
      resources: [resource],
      pending_operations: [],
    });
    expect(parse({ resources: wrong, pending_operations: wrong })).toEqual({
      resources: [],
      pending_operations: [],
    });
    expect(parse({ pending_operations: [wrong, { type: "creating", resource: wrong }] })).toEqual({
      resources: [],
      pending_operations: [],
    });
  });

  it("finds nothing in a stack that was never deployed", () => {
    for (const deployment of [{}, null]) {
      expect(parse(deployment)).toEqual({ resources: [], pending_operations: [] });
    }
  });

  it.each(["", "[]", "null", "{}", '{"deployment": []}', "error: no stack"])(
    "returns undefined for %j",
    (text) => {
      expect(parseDeployment(text)).toBeUndefined();
    },
  );
});
