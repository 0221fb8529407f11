import { createEvidenceKeeper } from "../../receiver/evidence-keeper";
import type { NotificationStore } from "../../receiver/notification-store";
import { createMemoryStore } from "../../receiver/notification-store";

const at = (seconds: number) => new Date(seconds * 1000).toISOString();

/** A keeper with a clock that begins at 0 s. */
function start(headerSets = ["current", "previous"], changes: Partial<NotificationStore> = {}) {
  const clock = { s: 0 };
  const errors: unknown[] = [];
  const keeper = createEvidenceKeeper({
    store: { ...createMemoryStore(), ...changes },
    headerSets,
    now: () => clock.s * 1000,
    onError: (cause) => errors.push(cause),
  });
  return {
    ...keeper,
    clock,
    errors,
    observe(s: number, registration: string | null, headerSet = "current") {
      clock.s = s;
      return keeper.observe(registration, headerSet);
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

describe("the evidence keeper", () => {
  it("reports no observation at first", async () => {
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

  it.each(["Bearer canary", "canary\u00e9", "", "c".repeat(65)])(
    "keeps no value that cannot be a fingerprint: %j",
    async (value) => {
      const { observe, report } = start();
      await observe(1, value);
      expect((await report()).registrations).toMatchObject([{ registration: "malformed" }]);
    },
  );

  it("reports accepted header sets only, those never used last", async () => {
    const shared = storeOfText();
    const before = start(["a", "b"], shared);
    await before.observe(1, "x", "a");
    await before.observe(2, "x", "b");
    const { report } = start(["c", "b"], shared);
    expect((await report()).headerSets).toMatchObject([
      { headerSet: "b", lastSeenAt: at(2) },
      { headerSet: "c", lastSeenAt: null },
    ]);
  });

  it("keeps evidence and its beginning in the application's store", async () => {
    const shared = storeOfText();
    const before = start(undefined, shared);
    await before.observe(1, "ours");
    const after = start(undefined, shared);
    after.clock.s = 100;
    await after.observe(100, "ours");
    expect(await after.report()).toMatchObject({
      since: at(0),
      registrations: [{ firstSeenAt: at(1), lastSeenAt: at(100) }],
    });
  });

  it("shares evidence between two processes with one store", async () => {
    const shared = storeOfText();
    const [one, two] = [start(undefined, shared), start(undefined, shared)];
    await one.observe(1, "ours");
    await two.observe(2, "foreign");
    await one.observe(3, "ours");
    expect((await two.report()).registrations).toMatchObject([
      { registration: "ours", firstSeenAt: at(1), returnedAt: at(3) },
      { registration: "foreign", replacedAt: at(3) },
    ]);
  });

  it("saves with each notification, and once for those that arrive during a save", async () => {
    const shared = storeOfText();
    const { observe, report } = start(undefined, shared);
    await observe(1, "ours");
    await observe(1.1, "ours");
    expect(shared.saves).toBe(2);
    await Promise.all(Array.from({ length: 50 }, (_, index) => observe(2 + index, "ours")));
    expect(shared.saves).toBeLessThanOrEqual(4);
    expect((await report()).registrations).toMatchObject([{ lastSeenAt: at(51) }]);
  });

  it("loses no observation that two processes save at once", async () => {
    const [one, two] = startTwo();
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => [
        one.observe(2 * index, `r${2 * index}`),
        two.observe(2 * index + 1, `r${2 * index + 1}`),
      ]).flat(),
    );
    expect((await one.report()).registrations.map(({ registration }) => registration)).toEqual(
      Array.from({ length: 16 }, (_, index) => `r${15 - index}`),
    );
    expect([one.errors, two.errors]).toEqual([[], []]);
  });

  it("reports the last registration first if its process saved first", async () => {
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
    await two.observe(1, "ours");
    const late = one.observe(2, "foreign");
    await new Promise(setImmediate);
    await two.observe(3, "ours");
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

  it("reports the last registration first if the clock of its process is behind", async () => {
    const [one, two] = startTwo();
    await one.observe(100, "ours");
    await two.observe(95, "foreign");
    expect((await one.report()).registrations).toMatchObject([
      { registration: "foreign", lastSeenAt: at(100) },
      { registration: "ours", replacedAt: at(100) },
    ]);
    await one.observe(101, "ours");
    await two.observe(97, "foreign");
    expect((await two.report()).registrations).toMatchObject([
      { registration: "foreign", returnedAt: at(101) },
      { registration: "ours", returnedAt: at(101) },
    ]);
  });

  it("reports the last registration first if the clock was set back", async () => {
    const { observe, report } = start();
    await observe(100, "ours");
    await observe(40, "foreign");
    expect((await report()).registrations).toMatchObject([
      { registration: "foreign" },
      { registration: "ours" },
    ]);
  });

  it("saves in a store that does not compare", async () => {
    const [one, two] = startTwo(storeOfText({ compares: false }));
    await one.observe(1, "ours");
    await two.observe(2, "foreign");
    await one.observe(3, "ours");
    expect((await two.report()).registrations).toMatchObject([
      { registration: "ours", returnedAt: at(3) },
      { registration: "foreign", replacedAt: at(3) },
    ]);
  });

  it("keeps the order of concurrent notifications", async () => {
    const { observe, report } = start(undefined, storeOfText());
    await Promise.all(["a", "b", "c"].map((registration, index) => observe(index, registration)));
    expect((await report()).registrations.map(({ registration }) => registration)).toEqual([
      "c",
      "b",
      "a",
    ]);
  });

  it("reports when any process last refused a request", async () => {
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

  it("saves once for many refusals, which anybody can cause", async () => {
    const shared = storeOfText();
    const { observeRefusal } = start(undefined, shared);
    await Promise.all(Array.from({ length: 100 }, observeRefusal));
    expect(shared.saves).toBe(1);
  });

  it.each(["loadEvidence", "saveEvidence"] as const)(
    "reports a store whose %s fails, and saves unsaved observations with the next notification",
    async (name) => {
      const shared = storeOfText();
      let down = true;
      const { observe, report, errors } = start(undefined, {
        ...shared,
        async [name](...args: [string, string | null]) {
          if (down) throw new Error("store is down");
          return shared[name](...args);
        },
      });
      await observe(1, "ours");
      expect(errors).toEqual([new Error("store is down")]);
      await expect(report()).rejects.toThrow("store is down");
      await observe(2, "foreign");
      down = false;
      await observe(3, "ours");
      expect(shared.saves).toBe(1);
      expect((await report()).registrations).toMatchObject([
        { registration: "ours", firstSeenAt: at(1), returnedAt: at(3) },
        { registration: "foreign", firstSeenAt: at(2), replacedAt: at(3) },
      ]);
    },
  );

  it("reports a store that returns false for every save", async () => {
    const { observe, errors } = start(undefined, { ...storeOfText(), saveEvidence: () => false });
    await observe(1, "ours");
    expect(errors).toEqual([
      new Error("evidence is not saved: saveEvidence returned false 20 times"),
    ]);
  });

  it.each(['{"version":2}', "{", "null", '{"version":1}'])(
    "does not overwrite evidence of another version: %s",
    async (text) => {
      const shared = { ...storeOfText(), loadEvidence: () => text };
      const { observe, errors } = start(undefined, shared);
      await observe(1, "ours");
      expect(errors).toEqual([
        new Error("loadEvidence must return the text that saveEvidence saved, of this version"),
      ]);
      expect(shared.saves).toBe(0);
    },
  );
});
