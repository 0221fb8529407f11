import fc from "fast-check";
import { addObservations, type SavedEvidence } from "../../receiver/observations";

type Notification = [s: number, registration: string | null, headerSet?: string];

const at = (s: number) => new Date(s * 1000).toISOString();

/** The evidence of notifications that processes save in this order, at 100 s. */
function evidenceOf(notifications: Notification[]): SavedEvidence {
  const empty: SavedEvidence = {
    version: 1,
    at: at(0),
    since: at(0),
    provider: null,
    registrations: [],
    headerSets: [],
    lastRefusedAt: null,
  };
  return notifications.reduce(
    (evidence, [s, registration, headerSet = "current"]) =>
      addObservations(evidence, [{ registration, headerSet, atMs: s * 1000 }], 100_000),
    empty,
  );
}

describe("observations", () => {
  it("begin with the last registration seen, and say when it replaced the other", () => {
    const { registrations } = evidenceOf([
      [1, "ours"],
      [2, "ours"],
      [10, "foreign"],
      [12, "foreign"],
    ]);
    expect(registrations).toEqual([
      {
        ...{ registration: "foreign", headerSet: "current" },
        ...{ firstSeenAt: at(10), lastSeenAt: at(12), returnedAt: null, replacedAt: null },
      },
      {
        ...{ registration: "ours", headerSet: "current" },
        ...{ firstSeenAt: at(1), lastSeenAt: at(2), returnedAt: null, replacedAt: at(10) },
      },
    ]);
  });

  it("name the header set of the last notification with a registration", () => {
    const { registrations } = evidenceOf([
      [1, "ours", "default"],
      [10, "ours", "2026-05"],
      [5, "ours", "2026-04"],
    ]);
    expect(registrations).toMatchObject([{ headerSet: "2026-05", lastSeenAt: at(10) }]);
  });

  it("say when a registration returned after another one", () => {
    const { registrations } = evidenceOf([
      [1, "foreign"],
      [10, "ours"],
      [20, "foreign"],
      [21, "foreign"],
    ]);
    expect(registrations).toMatchObject([
      {
        ...{ registration: "foreign", firstSeenAt: at(1), lastSeenAt: at(21) },
        ...{ returnedAt: at(20), replacedAt: null },
      },
      { registration: "ours", firstSeenAt: at(10), returnedAt: null, replacedAt: at(20) },
    ]);
  });

  it("include a registration without a fingerprint", () => {
    const { registrations } = evidenceOf([
      [1, "ours"],
      [2, null],
    ]);
    expect(registrations).toMatchObject([
      { registration: null, lastSeenAt: at(2) },
      { registration: "ours", replacedAt: at(2) },
    ]);
  });

  it("say when the former header set was replaced, and that it is used again", () => {
    const rotation: Notification[] = [
      [1, "a", "previous"],
      [10, "b", "current"],
    ];
    expect(evidenceOf(rotation).headerSets).toMatchObject([
      { headerSet: "current", firstSeenAt: at(10), replacedAt: null },
      { headerSet: "previous", lastSeenAt: at(1), replacedAt: at(10) },
    ]);
    expect(evidenceOf([...rotation, [11, "a", "previous"]]).headerSets).toMatchObject([
      { headerSet: "previous", lastSeenAt: at(11), returnedAt: at(11), replacedAt: null },
      { headerSet: "current", replacedAt: at(11) },
    ]);
  });

  it("include the last 16 registrations", () => {
    const all = Array.from({ length: 20 }, (_, index): Notification => [index, `r${index}`]);
    const { registrations } = evidenceOf(all);
    expect(registrations.map(({ registration }) => registration)).toEqual(
      Array.from({ length: 16 }, (_, index) => `r${19 - index}`),
    );
  });

  it("have the same order and limits in whatever order processes save", () => {
    const values = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 2, maxLength: 8 });
    const orders = values.chain((values) => {
      const notifications = values.map((value, index): Notification => [index + 1, value]);
      const saved = fc.shuffledSubarray(notifications, { minLength: notifications.length });
      return fc.tuple(fc.constant(notifications), saved);
    });
    fc.assert(
      fc.property(orders, ([notifications, saved]) => {
        const exact = evidenceOf(notifications).registrations;
        const actual = evidenceOf(saved).registrations;
        expect(actual).toMatchObject(
          exact.map(({ registration, firstSeenAt, lastSeenAt }) => ({
            registration,
            firstSeenAt,
            lastSeenAt,
          })),
        );
        for (const [index, { replacedAt }] of actual.entries()) {
          const { replacedAt: exactly = null } = exact[index] ?? {};
          // Later than exactly, if others were seen several times in between.
          expect([replacedAt === null, (replacedAt ?? "") < (exactly ?? "")]).toEqual([
            exactly === null,
            false,
          ]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
