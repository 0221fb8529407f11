import fc from "fast-check";
import { parseEvidence } from "../../../provider/witness/evidence";
import { assess } from "../../../provider/witness/verdict";
import { createEvidenceKeeper } from "../../../receiver/evidence-keeper";
import type { NotificationStore } from "../../../receiver/notification-store";

/** Second → the value of X-Vcc-Registration on a notification, and its header set. */
type Notifications = Array<[s: number, registration: string | null, headerSet?: string]>;

interface Case {
  notifications: Notifications;
  /** When VCC acknowledged the registration. @default 1000 s */
  registeredS?: number | undefined;
  /** The former registration. @default "former" */
  former?: string | undefined;
  /** How far the clock of the witness is ahead. @default 0 */
  aheadS?: number;
  provider?: string | null;
}

const iso = (s: number) => new Date(s * 1000).toISOString();
const nowS = 100_000;

/** Evidence stays in memory. */
const store: NotificationStore = { claim: () => "new", complete() {}, release() {} };

/** The assessment of what a receiver reports that got these notifications. */
async function assessed(options: Case) {
  const { notifications, former = "former", aheadS = 0, provider = null } = options;
  const { registeredS = 1000 } = options;
  let s = 0;
  const { observe, report } = createEvidenceKeeper({
    store,
    headerSets: ["new", "old"],
    provider,
    now: () => (s + aheadS) * 1000,
    onError(cause) {
      throw cause;
    },
  });
  for (const [at, registration, headerSet = "new"] of notifications) {
    s = at;
    await observe(registration, headerSet);
  }
  s = nowS;
  const evidence = parseEvidence(JSON.parse(JSON.stringify(await report())));
  if (evidence === undefined) throw new Error("the report is not evidence");
  const registration = {
    provider: "Crm",
    registrationFingerprint: "own",
    formerFingerprint: former,
    registeredAt: iso(registeredS),
  };
  return assess(evidence, registration, nowS * 1000);
}

describe("the verdict on a registration of 1000 s", () => {
  it.each<[string, string, Notifications]>([
    ["verified", "it was seen", [[1001, "own"]]],
    [
      "verified",
      "it was seen, and another one before",
      [
        [900, "x"],
        [1001, "own"],
      ],
    ],
    [
      "verified",
      "it came back after another one",
      [
        [1001, "own"],
        [1300, "x"],
        [1301, "own"],
      ],
    ],
    [
      "verified",
      "the former one was seen in flight",
      [
        [999, "former"],
        [1001, "own"],
        [1002, "former"],
        [1003, "own"],
      ],
    ],
    ["unverified", "nothing was seen", []],
    ["unverified", "it was last seen before", [[999, "own"]]],
    [
      "unverified",
      "a new one may have been overtaken",
      [
        [1001, "own"],
        [1002, null],
      ],
    ],
    [
      "unverified",
      "a new one may have been in flight",
      [
        [900, "own"],
        [1002, "x"],
      ],
    ],
    ["unverified", "another one was last seen before", [[999, "x"]]],
    [
      "unverified",
      "another one may have been in flight",
      [
        [999, null],
        [1120, null],
      ],
    ],
    [
      "unverified",
      "another one, known before, may have been in flight",
      [
        [999, null],
        [1001, "own"],
        [1120, null],
      ],
    ],
    [
      "rotating",
      "the former one is still seen",
      [
        [999, "former"],
        [1500, "former"],
      ],
    ],
    [
      "rotating",
      "the former one was in flight",
      [
        [999, "former"],
        [1001, "own"],
        [1120, "former"],
      ],
    ],
    [
      "drifted",
      "another one was seen after the grace",
      [
        [999, null],
        [1121, null],
      ],
    ],
    [
      "drifted",
      "another one, first seen after it, replaced it",
      [
        [1001, "own"],
        [1003, "x"],
      ],
    ],
    [
      "drifted",
      "none replaced it",
      [
        [1001, "own"],
        [1003, null],
      ],
    ],
    [
      "drifted",
      "another one, known before it was ever seen, came back",
      [
        [900, null],
        [1001, "own"],
        [1121, null],
      ],
    ],
    [
      "drifted",
      "the former one came back",
      [
        [999, "former"],
        [1001, "own"],
        [1121, "former"],
      ],
    ],
    [
      "drifted",
      "it was in force before, too",
      [
        [900, "own"],
        [1001, "own"],
        [1003, "x"],
      ],
    ],
    [
      "drifted",
      "it returned after the former one only",
      [
        [1001, "own"],
        [1002, "former"],
        [1003, "own"],
        [1006, "x"],
      ],
    ],
    [
      "contested",
      "another one came back after the repair",
      [
        [900, "own"],
        [950, "x"],
        [1001, "own"],
        [1121, "x"],
      ],
    ],
    [
      "contested",
      "a third one came after the repair",
      [
        [900, "own"],
        [950, "x"],
        [1001, "own"],
        [1003, "y"],
      ],
    ],
    [
      "contested",
      "the repair was never seen",
      [
        [900, "own"],
        [950, "x"],
        [1121, "x"],
      ],
    ],
    [
      "contested",
      "the former one had been overwritten",
      [
        [900, "former"],
        [950, "x"],
        [1121, "x"],
      ],
    ],
    [
      "drifted",
      "the request of a test, without the header, came before",
      [
        [1001, "own"],
        [2000, null],
        [2001, "own"],
        [9000, "x"],
      ],
    ],
    [
      "contested",
      "another one came back after the repair was seen",
      [
        [900, "own"],
        [950, "x"],
        [1001, "own"],
        [9000, "y"],
      ],
    ],
  ])("is %s if %s", async (verdict, _case, notifications) => {
    expect(await assessed({ notifications })).toMatchObject({ verdict });
  });

  it("says since when another one is in use, and which", async () => {
    const first = await assessed({
      notifications: [
        [1001, "own"],
        [1200, "x"],
        [1300, "x"],
      ],
    });
    expect(first.reason).toBe(`VCC has used another registration (x) since ${iso(1200)}`);
    const again = await assessed({
      notifications: [
        [999, null],
        [1001, "own"],
        [1200, null],
        [1300, null],
      ],
    });
    expect(again.reason).toBe(
      `VCC has used a registration without X-Vcc-Registration since ${iso(1200)}`,
    );
    const former = await assessed({
      notifications: [
        [999, "former"],
        [1001, "own"],
        [1200, "former"],
      ],
    });
    expect(former.reason).toBe(`VCC has used the former registration again since ${iso(1200)}`);
  });

  it("says when it was seen, and since when former headers are not used", async () => {
    const notifications: Notifications = [
      [999, "former", "old"],
      [1001, "own"],
      [1200, "own"],
    ];
    expect(await assessed({ notifications })).toEqual({
      verdict: "verified",
      verifiedAt: iso(1200),
      reason: `the headers "old" not used since ${iso(1001)}`,
    });
    expect(await assessed({ notifications: [[1500, "former", "old"]] })).toEqual({
      verdict: "rotating",
      reason: `VCC still used the former registration at ${iso(1500)}, with the headers "old"`,
    });
  });

  it("does not depend on the clock of the witness, within two minutes", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 2000 }),
            fc.constantFrom("own", "former", "x", "y", null),
          ),
          { maxLength: 6 },
        ),
        fc.integer({ min: -120, max: 120 }),
        async (seen, aheadS) => {
          const notifications: Notifications = seen.sort(([a], [b]) => a - b);
          const { verdict } = await assessed({ notifications });
          expect((await assessed({ notifications, aheadS })).verdict).toBe(verdict);
        },
      ),
      { numRuns: 200 },
    ));

  it.each([121, -121, 1_000_000])("is unverified if that clock is %s s ahead", async (aheadS) => {
    expect(await assessed({ notifications: [[1001, "own"]], aheadS })).toEqual({
      verdict: "unverified",
      reason: "the clock of the witness is wrong, or its response is old",
    });
  });

  it("is unverified if it was seen in the future", async () => {
    const future = nowS + 121;
    expect(await assessed({ notifications: [[future, "own"]] })).toEqual({
      verdict: "unverified",
      reason: "the witness reports a time in the future",
    });
    expect(await assessed({ notifications: [[future - 1, "own"]] })).toMatchObject({
      verdict: "verified",
    });
  });

  it("does not say since when, if that was before it was registered", async () => {
    const notifications: Notifications = [
      [10, "x"],
      [1121, "x"],
    ];
    expect(await assessed({ notifications })).toEqual({
      verdict: "drifted",
      reason: "VCC still uses another registration (x)",
    });
  });

  it("is unverified if the witness is that of another registration", async () => {
    const notifications: Notifications = [[1001, "own"]];
    expect(await assessed({ notifications, provider: "Crm" })).toMatchObject({
      verdict: "verified",
    });
    expect(await assessed({ notifications, provider: "Other" })).toEqual({
      verdict: "unverified",
      reason: "the witness is that of another registration; check its URL",
    });
  });

  it("is unverified before VCC has acknowledged anything", () => {
    const seen = { firstSeenAt: iso(1), lastSeenAt: iso(2), returnedAt: null, replacedAt: null };
    const evidence = {
      version: 1 as const,
      at: iso(3),
      since: iso(0),
      provider: null,
      registrations: [{ registration: "own", headerSet: "new", ...seen }],
      headerSets: [],
      lastRefusedAt: null,
    };
    expect(assess(evidence, { provider: "Crm", registrationFingerprint: "own" }, 3000)).toEqual({
      verdict: "unverified",
      reason: "VCC has not acknowledged it yet",
    });
  });
});
