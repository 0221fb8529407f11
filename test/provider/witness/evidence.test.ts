import { parseEvidence } from "../../../provider/witness/evidence";

describe("evidence", () => {
  const at = "2026-03-03T12:00:00.000Z";
  const observation = { firstSeenAt: at, lastSeenAt: at, returnedAt: null, replacedAt: null };
  const never = { firstSeenAt: null, lastSeenAt: null, returnedAt: null, replacedAt: null };
  const evidence = {
    version: 1,
    at,
    since: at,
    provider: "Crm",
    registrations: [{ registration: "0123456789ab", headerSet: "new", ...observation }],
    headerSets: [
      { headerSet: "new", ...observation },
      { headerSet: "next", ...never },
    ],
    lastRefusedAt: null,
  };

  it("is parsed unchanged", () => {
    expect(parseEvidence(evidence)).toEqual(evidence);
  });

  it.each(["2024-02-29T23:59:59Z", "2026-03-03T12:00:00.123456Z"])(
    "accepts the time %s",
    (time) => {
      expect(parseEvidence({ ...evidence, at: time })).toBeDefined();
    },
  );

  it.each([
    "2026-02-31T00:00:30Z",
    "2025-02-29T00:00:00Z",
    "2026-03-03 00:00:30Z",
    "2026-03-03T24:00:00Z",
    "2026-03-03T00:00:00+01:00",
    `2026-03-03T00:00:00.${"0".repeat(20)}Z`,
    "yesterday",
    1,
  ])("rejects the time %s", (time) => {
    expect(parseEvidence({ ...evidence, at: time })).toBeUndefined();
  });

  it.each([
    ["another version", { version: 2 }],
    ["a list as the name", { provider: ["Crm"] }],
    [
      "a line break in the name of a header set",
      { headerSets: [{ headerSet: "a\nb", ...observation }] },
    ],
    ["a header set without times", { headerSets: [{ headerSet: "new" }] }],
    [
      "a registration that is no fingerprint",
      { registrations: [{ ...evidence.registrations[0], registration: "\u001b[31mfree text" }] },
    ],
    ["too many registrations", { registrations: Array(17).fill(evidence.registrations[0]) }],
  ])("rejects %s", (_case, change) => {
    expect(parseEvidence({ ...evidence, ...change })).toBeUndefined();
  });
});
