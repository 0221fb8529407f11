import fc from "fast-check";
import { createEvidenceKeeper } from "../../receiver/evidence-keeper";
import type { NotificationStore } from "../../receiver/notification-store";
import { createMemoryStore } from "../../receiver/notification-store";

const at = (seconds: number) => new Date(seconds * 1000).toISOString();

/** Evidence with a clock that begins at 0 s. */
function start(headerSets = ["current", "previous"], changes: Partial<NotificationStore> = {}) {
  const clock = { s: 0 };
  const errors: unknown[] = [];
  const evidence = createEvidenceKeeper({
    store: { ...createMemoryStore(), ...changes },
    headerSets,
    now: () => clock.s * 1000,
    onError: (cause) => errors.push(cause),
  });
  return {
    ...evidence,
    clock,
    errors,
    see(s: number, registration: string | null, headerSet = "current") {
      clock.s = s;
      return evidence.observe(registration, headerSet);
    },
  };
}

/** A store of one text, as processes share it. */
function storeOfText({ compares = true } = {}) {
  const store = {
    text: null as string | null,
    saves: 0,
    loadEvidence: async () => store.text,
    async saveEvidence(text: string, loaded: string | null) {
      if (compares && store.text !== loaded) return false;
      store.saves++;
      store.text = text;
      return true;
    },
  };
  return store;
}

/** Two processes with one store. */
function startTwo(shared = storeOfText()) {
  return [start(undefined, shared), start(undefined, shared)] as const;
}

describe("evidence", () => {
  it("is empty at first", async () => {
    const { report, clock } = start(["default"]);
    clock.s = 5;
    const none = { firstSeenAt: null, lastSeenAt: null, returnedAt: null, replacedAt: null };
    expect(await report()).toEqual({
      version: 1,
      at: at(5),
      since: at(0),
      provider: null,
      registrations: [],
      headerSets: [{ headerSet: "default", ...none }],
      lastRefusedAt: null,
    });
  });

  it("has the last registration seen first, and when it replaced the other", async () => {
    const { see, report } = start();
    await see(1, "ours");
    await see(2, "ours");
    await see(10, "foreign");
    await see(12, "foreign");
    const { registrations } = await report();
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

  it("shows that a foreign registration came back after ours", async () => {
    const { see, report } = start();
    await see(1, "foreign");
    await see(10, "ours");
    await see(20, "foreign");
    await see(21, "foreign");
    const { registrations } = await report();
    expect(registrations).toMatchObject([
      { registration: "foreign", firstSeenAt: at(1), lastSeenAt: at(21), returnedAt: at(20) },
      { registration: "ours", firstSeenAt: at(10), returnedAt: null, replacedAt: at(20) },
    ]);
    expect(registrations[0]?.replacedAt).toBeNull();
  });

  it("includes a registration without a value", async () => {
    const { see, report } = start();
    await see(1, "ours");
    await see(2, null);
    expect((await report()).registrations).toMatchObject([
      { registration: null, lastSeenAt: at(2) },
      { registration: "ours", replacedAt: at(2) },
    ]);
  });

  it.each(["Bearer canary", "canary\u00e9", "", "c".repeat(65)])(
    "contains no value that cannot be a fingerprint: %j",
    async (value) => {
      const { see, report } = start();
      await see(1, value);
      expect((await report()).registrations).toMatchObject([{ registration: "malformed" }]);
    },
  );

  it("tells when the former header set was replaced, and that it is used again", async () => {
    const { see, report } = start();
    await see(1, "a", "previous");
    await see(10, "b", "current");
    expect((await report()).headerSets).toMatchObject([
      { headerSet: "current", firstSeenAt: at(10), replacedAt: null },
      { headerSet: "previous", lastSeenAt: at(1), replacedAt: at(10) },
    ]);
    await see(11, "a", "previous");
    expect((await report()).headerSets).toMatchObject([
      { headerSet: "previous", lastSeenAt: at(11), returnedAt: at(11), replacedAt: null },
      { headerSet: "current", replacedAt: at(11) },
    ]);
  });

  it("lists the accepted header sets only, those never used last", async () => {
    const shared = storeOfText();
    const before = start(["a", "b"], shared);
    await before.see(1, "x", "a");
    await before.see(2, "x", "b");
    const { report } = start(["c", "b"], shared);
    expect((await report()).headerSets).toMatchObject([
      { headerSet: "b", lastSeenAt: at(2) },
      { headerSet: "c", lastSeenAt: null },
    ]);
  });

  it("remembers the last 16 registrations", async () => {
    const { see, report } = start();
    for (let index = 1; index <= 20; index++) await see(index, `r${index}`);
    const { registrations } = await report();
    expect(registrations.map(({ registration }) => registration)).toEqual(
      Array.from({ length: 16 }, (_, index) => `r${20 - index}`),
    );
  });

  it("survives in the application's store, with its beginning", async () => {
    const shared = storeOfText();
    const before = start(undefined, shared);
    await before.see(1, "ours");
    const after = start(undefined, shared);
    after.clock.s = 100;
    await after.see(100, "ours");
    expect(await after.report()).toMatchObject({
      since: at(0),
      registrations: [{ firstSeenAt: at(1), lastSeenAt: at(100) }],
    });
  });

  it("is common to two processes with one store", async () => {
    const shared = storeOfText();
    const [one, two] = [start(undefined, shared), start(undefined, shared)];
    await one.see(1, "ours");
    await two.see(2, "foreign");
    await one.see(3, "ours");
    expect((await two.report()).registrations).toMatchObject([
      { registration: "ours", firstSeenAt: at(1), returnedAt: at(3) },
      { registration: "foreign", replacedAt: at(3) },
    ]);
  });

  it("is saved with each notification, and once for those that arrive during a save", async () => {
    const shared = storeOfText();
    const { see, report } = start(undefined, shared);
    await see(1, "ours");
    await see(1.1, "ours");
    expect(shared.saves).toBe(2);
    await Promise.all(Array.from({ length: 50 }, (_, index) => see(2 + index, "ours")));
    expect(shared.saves).toBeLessThanOrEqual(4);
    expect((await report()).registrations).toMatchObject([{ lastSeenAt: at(51) }]);
  });

  it("loses nothing that two processes see at once", async () => {
    const [one, two] = startTwo();
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => [
        one.see(2 * index, `r${2 * index}`),
        two.see(2 * index + 1, `r${2 * index + 1}`),
      ]).flat(),
    );
    expect((await one.report()).registrations.map(({ registration }) => registration)).toEqual(
      Array.from({ length: 16 }, (_, index) => `r${15 - index}`),
    );
    expect([one.errors, two.errors]).toEqual([[], []]);
  });

  it("has the last one seen first, although its process saved first", async () => {
    const shared = storeOfText();
    let waiting = () => {};
    const slow = {
      ...shared,
      loadEvidence: () =>
        new Promise<string | null>((resolve) => {
          waiting = () => resolve(shared.text);
        }),
    };
    const [one, two] = [start(undefined, slow), start(undefined, shared)];
    await two.see(1, "ours");
    const late = one.see(2, "foreign");
    await new Promise(setImmediate);
    await two.see(3, "ours");
    one.clock.s = 9;
    waiting();
    await late;
    expect((await two.report()).registrations).toMatchObject([
      {
        registration: "ours",
        firstSeenAt: at(1),
        lastSeenAt: at(3),
        returnedAt: at(3),
        replacedAt: null,
      },
      { registration: "foreign", firstSeenAt: at(2), lastSeenAt: at(2), replacedAt: at(3) },
    ]);
  });

  it("has the last one seen first, although the clock of its process is behind", async () => {
    const [one, two] = startTwo();
    await one.see(100, "ours");
    await two.see(95, "foreign");
    expect((await one.report()).registrations).toMatchObject([
      { registration: "foreign", lastSeenAt: at(100) },
      { registration: "ours", replacedAt: at(100) },
    ]);
    await one.see(101, "ours");
    await two.see(97, "foreign");
    expect((await two.report()).registrations).toMatchObject([
      { registration: "foreign", returnedAt: at(101) },
      { registration: "ours", returnedAt: at(101) },
    ]);
  });

  it("has the last one seen first, although the clock was set back", async () => {
    const { see, report } = start();
    await see(100, "ours");
    await see(40, "foreign");
    expect((await report()).registrations).toMatchObject([
      { registration: "foreign" },
      { registration: "ours" },
    ]);
  });

  /** What is reported of notifications at 1 s, 2 s, …, which are saved in an order, long after. */
  async function registrationsAfter(values: string[], order: number[]) {
    const shared = storeOfText();
    for (const index of order) {
      const { see, clock } = start(undefined, shared);
      const seeing = see(index + 1, values[index] as string);
      clock.s = 100;
      await seeing;
    }
    return (await start(undefined, shared).report()).registrations;
  }

  it("has the same order and limits in whatever order processes save", async () => {
    const values = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 2, maxLength: 8 });
    const orders = values.chain((values) => {
      const order = [...values.keys()];
      const saved = fc.shuffledSubarray(order, { minLength: order.length });
      return fc.tuple(fc.constant(values), fc.constant(order), saved);
    });
    await fc.assert(
      fc.asyncProperty(orders, async ([values, order, saved]) => {
        const exact = await registrationsAfter(values, order);
        const actual = await registrationsAfter(values, saved);
        expect(actual).toMatchObject(
          exact.map(({ registration, firstSeenAt, lastSeenAt }) => ({
            registration,
            firstSeenAt,
            lastSeenAt,
          })),
        );
        for (const [index, { replacedAt }] of actual.entries()) {
          const { replacedAt: exactly = null } = exact[index] ?? {};
          // Only one that is known of several times between.
          expect([replacedAt === null, (replacedAt ?? "") < (exactly ?? "")]).toEqual([
            exactly === null,
            false,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("can be kept in a store that does not compare", async () => {
    const [one, two] = startTwo(storeOfText({ compares: false }));
    await one.see(1, "ours");
    await two.see(2, "foreign");
    await one.see(3, "ours");
    expect((await two.report()).registrations).toMatchObject([
      { registration: "ours", returnedAt: at(3) },
      { registration: "foreign", replacedAt: at(3) },
    ]);
  });

  it("remembers concurrent notifications in order", async () => {
    const { see, report } = start(undefined, storeOfText());
    await Promise.all(["a", "b", "c"].map((registration, index) => see(index, registration)));
    expect((await report()).registrations.map(({ registration }) => registration)).toEqual([
      "c",
      "b",
      "a",
    ]);
  });

  it("includes when a request was last refused, by whichever process", async () => {
    const [one, two] = startTwo();
    one.clock.s = 3;
    await one.observeRefusal();
    expect((await two.report()).lastRefusedAt).toBe(at(3));
    two.clock.s = 9;
    await two.observeRefusal();
    one.clock.s = 8;
    await one.observeRefusal();
    expect((await one.report()).lastRefusedAt).toBe(at(9));
  });

  it("is saved once for many refusals, which anybody can cause", async () => {
    const shared = storeOfText();
    const { observeRefusal } = start(undefined, shared);
    await Promise.all(Array.from({ length: 100 }, observeRefusal));
    expect(shared.saves).toBe(1);
  });

  it.each(["loadEvidence", "saveEvidence"] as const)(
    "reports a store whose %s fails, and saves what it saw with the next notification",
    async (name) => {
      const shared = storeOfText();
      let down = true;
      const { see, report, errors } = start(undefined, {
        ...shared,
        async [name](...args: [string, string | null]) {
          if (down) throw new Error("store is down");
          return shared[name](...args);
        },
      });
      await see(1, "ours");
      expect(errors).toEqual([new Error("store is down")]);
      await expect(report()).rejects.toThrow("store is down");
      await see(2, "foreign");
      down = false;
      await see(3, "ours");
      expect(shared.saves).toBe(1);
      expect((await report()).registrations).toMatchObject([
        { registration: "ours", firstSeenAt: at(1), returnedAt: at(3) },
        { registration: "foreign", firstSeenAt: at(2), replacedAt: at(3) },
      ]);
    },
  );

  it("reports a store that refuses every save", async () => {
    const { see, errors } = start(undefined, { ...storeOfText(), saveEvidence: () => false });
    await see(1, "ours");
    expect(errors).toEqual([
      new Error("evidence is not saved: saveEvidence returned false 20 times"),
    ]);
  });

  it.each(['{"version":2}', "{", "null", '{"version":1}'])(
    "does not overwrite what another version saved: %s",
    async (text) => {
      const shared = { ...storeOfText(), loadEvidence: () => text };
      const { see, errors } = start(undefined, shared);
      await see(1, "ours");
      expect(errors).toEqual([
        new Error("loadEvidence must return the text that saveEvidence saved, of this version"),
      ]);
      expect(shared.saves).toBe(0);
    },
  );
});
