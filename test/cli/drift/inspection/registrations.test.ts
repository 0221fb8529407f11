import { inspectRegistrations, type Step } from "../../../../cli/drift/inspection/registrations";
import { createLocator } from "../../../../cli/drift/inspection/source";
import type { Deployment } from "../../../../cli/pulumi/state";
import { temporaryDirectory } from "../../../temporary-directory";

const type = "pulumi-nodejs:dynamic/vcc:VccProvider";
const urn = `urn:pulumi:dev::project::${type}::crm`;
const inputs = { provider: "Crm", region: "emea" };
const state = {
  urn,
  type,
  inputs,
  outputs: { ...inputs, registeredAt: "2026-11-20T12:00:00.000Z" },
};

describe("registrations", () => {
  const directory = temporaryDirectory();
  const stack: Step = {
    op: "same",
    urn: "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev",
  };

  const inspect = (steps: Step[], deployment: Deployment = {}) =>
    inspectRegistrations([stack, ...steps], deployment, {
      locate: createLocator(directory.path),
      isRefreshed: true,
      configuration: {},
      environment: {},
    });
  const only = (...args: Parameters<typeof inspect>) => inspect(...args)[0];

  it("ignores other resources", () => {
    expect(
      inspect([{ op: "create", urn: "u", newState: { urn: "u", type: "aws:s3:Bucket" } }]),
    ).toEqual([]);
  });

  it("combines what a step declares with what the state recorded", () => {
    const newState = { ...state, sourcePosition: "project:///index.ts#6,13" };
    expect(only([{ op: "same", urn, oldState: state, newState }])).toEqual({
      urn,
      resource: "crm",
      ...inputs,
      operation: "same",
      changed: [],
      ignored: [],
      registeredAt: state.outputs.registeredAt,
      location: { file: "index.ts", line: 6, column: 13 },
    });
  });

  it("recognizes an adopted registration, which the state records without a time", () => {
    const { registeredAt: _, ...outputs } = state.outputs;
    const oldState = { ...state, outputs };
    expect(only([{ op: "same", urn, oldState, newState: oldState }])?.adopted).toBe(true);
    expect(only([{ op: "create", urn, newState: oldState }])?.adopted).toBeUndefined();
  });

  it("ignores refresh steps", () => {
    const refresh = { op: "refresh", urn, oldState: state, newState: state };
    const deletion = { op: "delete", urn, oldState: state };
    expect(only([refresh, deletion])).toMatchObject({ operation: "delete" });
  });

  it("merges the steps of a replacement", () => {
    const steps = ["create-replacement", "replace", "delete-replaced"].map((op) => ({
      op,
      urn,
      newState: state,
      ...(op === "replace" && { detailedDiff: { provider: {} } }),
    }));
    expect(inspect(steps)).toHaveLength(1);
    expect(only(steps)).toMatchObject({ operation: "replace", changed: ["provider"] });
  });

  it.each([
    [["headerFingerprints.Authorization", "headers"], ["headers.Authorization"]],
    [
      ['headerFingerprints["X-Tenant"]', "headers", "drift"],
      ["drift", 'headers["X-Tenant"]'],
    ],
    [["headerFingerprints", "headers"], ["headers"]],
    [["headers"], ["headers"]],
  ])("names the headers that changed, from %j", (properties, changed) => {
    const detailedDiff = Object.fromEntries(properties.map((name) => [name, {}]));
    expect(only([{ op: "update", urn, newState: state, detailedDiff }])?.changed).toEqual(changed);
  });

  it("treats masked values as unknown", () => {
    const masked = { provider: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", region: "[secret]" };
    const registration = only([{ op: "create", urn, newState: { ...state, inputs: masked } }]);
    expect(registration).toMatchObject({ provider: undefined, region: undefined });
  });

  it.each([
    ["none", undefined],
    ["sent at …", "sent at …"],
  ])("reads drift %j as %j", (drift, expected) => {
    const oldState = { ...state, outputs: { ...state.outputs, drift } };
    expect(only([{ op: "same", urn, oldState, newState: state }])?.drift).toBe(expected);
  });

  it("finds interrupted updates, including those that no step mentions", () => {
    const step = { op: "same", urn, oldState: state, newState: state };
    const pending = { type: "creating", resource: state };
    const gone = { ...state, urn: `${urn}::gone`, inputs: { ...inputs, provider: "Gone" } };
    const other = { ...state, urn: "u", type: "aws:s3:Bucket" };
    const operations = [
      pending,
      { type: "updating", resource: gone },
      { type: "creating", resource: other },
    ];
    const found = inspect([step], { pending_operations: operations });
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ operation: "same", interrupted: "creating" });
    expect(found[1]).toEqual({
      urn: `${urn}::gone`,
      resource: "crm::gone",
      provider: "Gone",
      region: "emea",
      changed: [],
      ignored: [],
      registeredAt: state.outputs.registeredAt,
      interrupted: "updating",
    });
  });

  it("finds what was replaced but could not be deleted", () => {
    const step = { op: "same", urn, oldState: state, newState: state };
    const former = { ...state, inputs: { ...inputs, provider: "Former" }, delete: true };
    const other = { urn: "u", type: "aws:s3:Bucket", delete: true };
    const found = inspect([step], { resources: [state, former, other] });
    expect(found.map(({ provider, operation }) => [provider, operation])).toEqual([
      ["Crm", "same"],
      ["Former", "delete"],
    ]);
  });

  it("falls back to diffReasons without a detailed diff", () => {
    const step = { op: "update", urn, oldState: state, newState: state, diffReasons: ["endpoint"] };
    expect(only([{ ...step, detailedDiff: null }])?.changed).toEqual(["endpoint"]);
  });

  it("reads the state of other code, which an alias takes over", () => {
    const oldState = {
      ...state,
      type: "pulumi-nodejs:dynamic:Resource",
      inputs: { name: "Crm", provider: 1, region: null, witness: {} },
      outputs: { registeredAt: "yesterday", verifiedAt: 1, drift: {}, reassertWindow: [] },
    };
    expect(only([{ op: "update", urn, oldState, newState: state, diffReasons: ["name"] }])).toEqual(
      {
        urn,
        resource: "crm",
        ...inputs,
        operation: "update",
        changed: ["name"],
        ignored: [],
      },
    );
  });

  it("reads the evidence of what the program declares", () => {
    const oldState = { ...state, outputs: { ...state.outputs, evidence: "verified" } };
    expect(only([{ op: "same", urn, oldState, newState: state }])?.evidence).toBe("verified");
    expect(only([{ op: "delete", urn, oldState }])?.evidence).toBeUndefined();
  });

  it("takes names from the declaration, not from the old state", () => {
    const newState = { ...state, inputs: { ...inputs, provider: "New" } };
    expect(only([{ op: "replace", urn, oldState: state, newState }])?.provider).toBe("New");
  });
});
