import { classify, type DriftClass, driftClasses } from "../../../cli/drift/classes";
import type { InspectedRegistration } from "../../../cli/drift/inspection";
import { reportSchema } from "../../report-formats";
import { nowMs, registration, rotated } from "./samples";

const { operation: _, ...pendingOnly } = registration;
const window = "2026-11-20";

describe("drift classes", () => {
  it.each<[DriftClass, string, InspectedRegistration]>([
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
    ["unregistered", "it is to be created", { ...registration, operation: "create" }],
    ["orphaned", "it is to be deleted", { ...registration, operation: "delete" }],
    ["unknown", "an update was interrupted", { ...registration, interrupted: "updating" }],
    [
      "unknown",
      "only the interrupted update tells of it",
      { ...pendingOnly, interrupted: "creating" },
    ],
    ["unknown", "the last one was not acknowledged", { ...rotated, drift: "sent at …" }],
  ])("call it %s when %s", (driftClass, _case, inspected) => {
    expect(classify(inspected, { nowMs })).toBe(driftClass);
  });

  it("call it stale when it was confirmed longer ago than allowed", () => {
    const twoDaysMs = 2 * 24 * 3_600_000;
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs })).toBe("in sync");
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs - 1 })).toBe("stale");
  });

  it.each([undefined, "never", "2026-11-23T12:00:00.000Z"])(
    "call it stale when nobody knows since when: %s",
    (registeredAt) => {
      const { registeredAt: _, ...undated } = registration;
      const dated = registeredAt === undefined ? undated : { ...undated, registeredAt };
      expect(classify(dated, { nowMs, maxAgeMs: 1000 })).toBe(
        registeredAt?.startsWith("2026") ? "in sync" : "stale",
      );
    },
  );

  it("are those of the published schema", () => {
    expect(reportSchema.$defs.registration.properties.class.enum).toEqual(driftClasses);
  });
});
