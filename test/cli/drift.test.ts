import { classify, type DriftClass } from "../../cli/drift/classes";
import type { InspectedRegistration } from "../../cli/drift/inspection";
import { createReport } from "../../cli/drift/report";
import { formatText } from "../../cli/drift/text";

const nowMs = Date.parse("2026-11-22T12:00:00Z");
const registration: InspectedRegistration = {
  urn: "urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm",
  resource: "crm",
  provider: "Crm",
  region: "emea",
  operation: "same",
  changed: [],
  registeredAt: "2026-11-20T12:00:00.000Z",
  drift: "none",
  interrupted: false,
};
const update = { operation: "update" } as const;
const header = "headerFingerprints.Authorization";

describe("drift classes", () => {
  it.each<[DriftClass, string, Partial<InspectedRegistration>]>([
    ["in sync", "nothing differs", {}],
    ["pending", "a header differs", { ...update, changed: [header, "headers"] }],
    [
      "pending",
      "a header and the window differ",
      { ...update, changed: [header, "reassertWindow"] },
    ],
    ["pending", "the engine does not say what differs", update],
    ["pending", "it is replaced", { operation: "replace", changed: ["provider"] }],
    ["stale", "only the window differs", { ...update, changed: ["reassertWindow"] }],
    ["unregistered", "it is to be created", { operation: "create" }],
    ["orphaned", "it is to be deleted", { operation: "delete" }],
    ["unknown", "an update was interrupted", { interrupted: true }],
    ["unknown", "the last one was not acknowledged", { ...update, drift: "sent at …" }],
  ])("call it %s when %s", (driftClass, _case, facts) => {
    expect(classify({ ...registration, ...facts }, { nowMs })).toBe(driftClass);
  });

  it("call it stale when it was confirmed longer ago than allowed", () => {
    const twoDaysMs = 2 * 24 * 3_600_000;
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs })).toBe("in sync");
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs - 1 })).toBe("stale");
  });
});

describe("drift report", () => {
  const inspection = {
    project: "project",
    stack: "dev",
    registrations: [
      registration,
      {
        ...registration,
        resource: "other",
        provider: "Other\u001b[31m",
        ...update,
        changed: [header],
      },
    ],
  };

  it("fails for the classes that are to fail, and for no other", () => {
    expect(createReport(inspection, { nowMs, failOn: ["pending"] }).failed).toBe(true);
    expect(createReport(inspection, { nowMs, failOn: ["stale"] }).failed).toBe(false);
  });

  it("tells evidence, age and repair of each registration", () => {
    const report = createReport(inspection, { nowMs, failOn: [] });
    expect(report.registrations[0]).toEqual({
      urn: registration.urn,
      resource: "crm",
      provider: "Crm",
      region: "emea",
      class: "in sync",
      verified: false,
      changed: [],
      registeredAt: "2026-11-20T12:00:00.000Z",
      ageS: 2 * 24 * 3600,
      evidence: "registered 2026-11-20T12:00:00.000Z",
      repair: null,
    });
    expect(report.registrations[1]).toMatchObject({ repair: "pulumi up --stack dev" });
  });

  it("tells how to register again what only time has made stale", () => {
    const [reported] = createReport(
      { ...inspection, registrations: [registration] },
      { nowMs, maxAgeMs: 1, failOn: [] },
    ).registrations;
    expect(reported?.repair).toBe(`pulumi up --stack dev --replace '${registration.urn}'`);
  });

  it("is a table for people, and never calls unverified just in sync", () => {
    const report = createReport(inspection, { nowMs, failOn: [] });
    expect(formatText(report, { colour: false })).toBe(
      `project/dev: 2 registrations

REGION  NAME               CLASS                 CHANGED                           EVIDENCE
emea    "Crm"              in sync (unverified)                                    registered 2026-11-20T12:00:00.000Z
emea    "Other\\u001b[31m"  pending               headerFingerprints.Authorization  registered 2026-11-20T12:00:00.000Z

To repair:
  "Other\\u001b[31m": pulumi up --stack dev

Unverified: VCC has no read, so nobody has seen what it holds.
`,
    );
    expect(formatText(report, { colour: true })).toContain("\u001b[33mpending");
  });
});
