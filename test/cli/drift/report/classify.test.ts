import type { ComparedRegistration, DriftClass } from "../../../../cli/drift/report/classes";
import { classify, isFuture } from "../../../../cli/drift/report/classify";
import { nowMs, registration, rotated } from "../samples";

const { operation: _, ...pendingOnly } = registration;
const { registeredAt: __, ...unregistered } = registration;
const adopted: ComparedRegistration = { ...unregistered, adopted: true };
const window = "2026-11-20T00:00:00Z";

describe("drift class", () => {
  it.each<[DriftClass, string, ComparedRegistration]>([
    ["in sync", "nothing differs", registration],
    ["pending", "a header differs", rotated],
    [
      "pending",
      "a header and the window differ",
      { ...rotated, changed: ["headers.Authorization", "reassertWindow"], window },
    ],
    ["pending", "the engine does not say what differs", { ...rotated, changed: [] }],
    ["pending", "it is replaced", { ...rotated, operation: "replace", changed: ["provider"] }],
    ["stale", "only the window differs", { ...rotated, window, changed: ["reassertWindow"] }],
    ["pending", "it has a window for the first time", { ...rotated, changed: ["reassertWindow"] }],
    ["unregistered", "up would create it", { ...registration, operation: "create" }],
    ["orphaned", "up would delete it", { ...registration, operation: "delete" }],
    [
      "contested",
      "another resource declares its name",
      { ...rotated, rivals: ["project/prod (crm)"] },
    ],
    ["adopted", "a variable is not set", { ...registration, adopted: true, unresolved: ["A"] }],
    ["unresolved", "a variable is not set", { ...registration, unresolved: ["CRM_TOKEN"] }],
    ["pending", "more differs than is unresolved", { ...rotated, unresolved: ["CRM_TOKEN"] }],
    ["ignored", "the program ignores changes", { ...registration, ignored: ["headers"] }],
    ["pending", "more differs than is ignored", { ...rotated, ignored: ["headers"] }],
    ["adopted", "VCC has never acknowledged it", adopted],
    ["adopted", "a witness sees another one", { ...adopted, evidence: "unverified: …" }],
    ["adopted", "the program ignores changes", { ...adopted, ignored: ["headers"] }],
    ["pending", "an adopted one differs", { ...rotated, ...adopted, operation: "update" }],
    ["orphaned", "an adopted one is gone", { ...adopted, operation: "delete" }],
    ["unknown", "an adopted one was sent", { ...adopted, drift: "sent at …" }],
    [
      "stale",
      "the window of an adopted one has passed",
      { ...adopted, operation: "update", window, changed: ["reassertWindow"] },
    ],
    ["check failed", "the preview failed before", { ...pendingOnly, unreached: true }],
    [
      "unknown",
      "an interrupted one was not reached",
      { ...pendingOnly, unreached: true, interrupted: "updating" },
    ],
    [
      "pending",
      "its window is ahead of this clock",
      { ...rotated, window: "2026-11-23T00:00:00Z", changed: ["reassertWindow"] },
    ],
    ["unknown", "an update was interrupted", { ...registration, interrupted: "updating" }],
    [
      "unknown",
      "only the interrupted update mentions it",
      { ...pendingOnly, interrupted: "creating" },
    ],
    ["unknown", "the last request was not acknowledged", { ...rotated, drift: "sent at …" }],
    ["verified", "a witness has seen it", { ...registration, evidence: "verified" }],
    ["in sync", "its witness says nothing", { ...registration, evidence: "unverified: …" }],
    ["rotating", "VCC still uses the former one", { ...registration, evidence: "rotating: …" }],
    ["pending", "another one is declared than was verified", { ...rotated, evidence: "verified" }],
    [
      "drifted",
      "VCC uses another one",
      { ...rotated, drift: "drifted: …", evidence: "drifted: …" },
    ],
    ["contested", "VCC uses another one again", { ...rotated, drift: "contested: …" }],
    [
      "orphaned",
      "it is gone and drifted",
      { ...registration, operation: "delete", drift: "drifted: …" },
    ],
    [
      "ignored",
      "changes are ignored",
      { ...registration, ignored: ["headers"], evidence: "verified" },
    ],
  ])("is %s if %s", (driftClass, _case, inspected) => {
    expect(classify(inspected, { nowMs })).toBe(driftClass);
  });

  it("is stale if VCC acknowledged it too long ago", () => {
    const twoDaysMs = 2 * 24 * 3_600_000;
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs })).toBe("in sync");
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs - 1 })).toBe("stale");
  });

  it("is not stale if it was adopted: nobody knows its age; but it can be required to be verified", () => {
    expect(classify(adopted, { nowMs, maxAgeMs: 1000 })).toBe("adopted");
    expect(classify(adopted, { nowMs, requireVerifiedMs: 1000 })).toBe("unverified");
  });

  it("is unverified if it must be verified, and no witness has seen it, or not for too long", () => {
    const requireVerifiedMs = 24 * 3_600_000;
    const verifiedAt = new Date(nowMs - requireVerifiedMs).toISOString();
    const seen = { ...registration, verifiedAt, evidence: "unverified: …" };
    expect(classify(seen, { nowMs, requireVerifiedMs })).toBe("in sync");
    expect(classify(seen, { nowMs: nowMs + 1, requireVerifiedMs })).toBe("unverified");
    expect(classify(registration, { nowMs, requireVerifiedMs })).toBe("unverified");
    const rotating = { ...registration, evidence: "rotating: …" };
    expect(classify(rotating, { nowMs, requireVerifiedMs })).toBe("unverified");
    const ahead = { ...seen, verifiedAt: "2030-01-01T00:00:00.000Z" };
    expect(classify(ahead, { nowMs, requireVerifiedMs })).toBe("unverified");
    expect(classify({ ...seen, evidence: "verified" }, { nowMs, requireVerifiedMs })).toBe(
      "verified",
    );
  });

  it.each([undefined, "never", "2026-11-23T12:00:00.000Z"])(
    "is stale if the date is missing, unreadable or in the future: %s",
    (registeredAt) => {
      const { registeredAt: _, ...undated } = registration;
      const dated = registeredAt === undefined ? undated : { ...undated, registeredAt };
      expect(classify(dated, { nowMs, maxAgeMs: 1000 })).toBe("stale");
    },
  );

  it.each([
    ["2026-11-22T11:00:00Z", "1h", "stale"],
    ["2026-11-22T12:00:00Z", "1h", "in sync"],
    ["2026-11-21T00:00:00Z", "1d", "stale"],
    ["2026-11-22T00:00:00Z", "1d", "in sync"],
    ["2026-11-09T00:00:00Z", "1w", "stale"],
    ["2026-11-09T00:00:00Z", "2w", "in sync"],
    ["unreadable", "1d", "stale"],
    ["2026-11-22T12:00:00Z", undefined, "stale"],
  ])(
    "after an up with the window %s of %s, and a run without reassertEvery, is %s",
    (recordedWindow, every, expected) => {
      const recorded = { recordedWindow, ...(every !== undefined && { recordedEvery: every }) };
      expect(classify({ ...registration, ...recorded }, { nowMs })).toBe(expected);
      const withWindow = { ...registration, ...recorded, currentWindow: recordedWindow };
      expect(classify(withWindow, { nowMs })).toBe("in sync");
    },
  );

  it("allows for clocks that differ by minutes", () => {
    expect(isFuture(new Date(nowMs + 60_000).toISOString(), nowMs)).toBe(false);
    expect(isFuture(new Date(nowMs + 3_600_000).toISOString(), nowMs)).toBe(true);
    expect(isFuture(undefined, nowMs)).toBe(false);
  });
});
