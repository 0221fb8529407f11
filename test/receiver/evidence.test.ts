import { createEvidence } from "../../receiver/evidence";
import type { NotificationStore } from "../../receiver/notification-store";
import { createMemoryStore } from "../../receiver/notification-store";

const at = (seconds: number) => new Date(seconds * 1000).toISOString();

/** Evidence with a clock that begins at 0 s. */
function start(headerSets = ["current", "previous"], changes: Partial<NotificationStore> = {}) {
  const clock = { s: 0 };
  const errors: unknown[] = [];
  const evidence = createEvidence({
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
      return evidence.see(registration, headerSet);
    },
  };
}

/** A store of one text, as an application has it. */
function storeOfText() {
  const store = {
    text: undefined as string | undefined,
    saves: 0,
    loadEvidence: async () => store.text,
    async saveEvidence(text: string) {
      store.saves++;
      store.text = text;
    },
  };
  return store;
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

  it("is saved once a second while nothing changes, and reported exactly", async () => {
    const shared = storeOfText();
    const { see, report } = start(undefined, shared);
    for (let ms = 0; ms < 3000; ms += 100) await see(ms / 1000, "ours");
    expect(shared.saves).toBe(3);
    expect((await report()).registrations).toMatchObject([{ lastSeenAt: at(2.9) }]);
    await see(2.95, "ours");
    await see(2.96, "foreign");
    expect((await report()).registrations).toMatchObject([
      { registration: "foreign" },
      { registration: "ours", lastSeenAt: at(2.95), replacedAt: at(2.96) },
    ]);
  });

  it("is saved at once when another header set is used", async () => {
    const shared = storeOfText();
    const { see } = start(undefined, shared);
    await see(0, "ours", "previous");
    await see(0.1, "ours", "current");
    expect(shared.saves).toBe(2);
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

  it("includes when a request was last refused", async () => {
    const { refuse, clock, report } = start();
    clock.s = 3;
    refuse();
    clock.s = 9;
    expect((await report()).lastRefusedAt).toBe(at(3));
  });

  it("reports a store that fails, and saves with the next notification", async () => {
    const shared = storeOfText();
    let down = true;
    const { see, report, errors } = start(undefined, {
      ...shared,
      async loadEvidence() {
        if (down) throw new Error("store is down");
        return shared.text;
      },
    });
    await see(1, "ours");
    expect(errors).toEqual([new Error("store is down")]);
    await expect(report()).rejects.toThrow("store is down");
    down = false;
    await see(1.1, "ours");
    expect(shared.saves).toBe(1);
  });

  it("does not overwrite what a later version saved", async () => {
    const shared = { ...storeOfText(), loadEvidence: () => '{"version":2}' };
    const { see, errors } = start(undefined, shared);
    await see(1, "ours");
    expect(errors).toEqual([new Error("the saved evidence has an unknown version")]);
    expect(shared.saves).toBe(0);
  });
});
