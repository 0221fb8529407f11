import type { InspectedRegistration } from "../../../../cli/drift/inspection/registrations";
import { classify, type DriftClass, driftClasses } from "../../../../cli/drift/report/classes";
import { reportSchema } from "../../../report-formats";
import { nowMs, registration, rotated } from "../samples";

const { operation: _, ...pendingOnly } = registration;
const window = "2026-11-20";

describe("drift class", () => {
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
    ["unregistered", "up would create it", { ...registration, operation: "create" }],
    ["orphaned", "up would delete it", { ...registration, operation: "delete" }],
    ["unknown", "an update was interrupted", { ...registration, interrupted: "updating" }],
    [
      "unknown",
      "only the interrupted update mentions it",
      { ...pendingOnly, interrupted: "creating" },
    ],
    ["unknown", "the last request was not acknowledged", { ...rotated, drift: "sent at …" }],
  ])("is %s if %s", (driftClass, _case, inspected) => {
    expect(classify(inspected, { nowMs })).toBe(driftClass);
  });

  it("is stale if VCC acknowledged it longer ago than allowed", () => {
    const twoDaysMs = 2 * 24 * 3_600_000;
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs })).toBe("in sync");
    expect(classify(registration, { nowMs, maxAgeMs: twoDaysMs - 1 })).toBe("stale");
  });

  it.each([undefined, "never", "2026-11-23T12:00:00.000Z"])(
    "is stale if the date is missing or unreadable: %s",
    (registeredAt) => {
      const { registeredAt: _, ...undated } = registration;
      const dated = registeredAt === undefined ? undated : { ...undated, registeredAt };
      expect(classify(dated, { nowMs, maxAgeMs: 1000 })).toBe(
        registeredAt?.startsWith("2026") ? "in sync" : "stale",
      );
    },
  );

  it("is one of the published schema's", () => {
    expect(reportSchema.$defs.registration.properties.class.enum).toEqual(driftClasses);
  });
});
