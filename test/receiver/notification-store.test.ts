import { createMemoryStore } from "../../receiver/notification-store";

describe("the store in memory", () => {
  it("gives an ID to one claim until it is released", () => {
    const store = createMemoryStore();
    expect(store.claim("a")).toBe("new");
    expect(store.claim("a")).toBe("busy");
    expect(store.claim("b")).toBe("new");
    store.release("a");
    expect(store.claim("a")).toBe("new");
    expect(store.claim("b")).toBe("busy");
  });

  it("remembers handled notifications", () => {
    const store = createMemoryStore();
    store.claim("a");
    store.complete("a");
    expect([store.claim("a"), store.claim("a")]).toEqual(["done", "done"]);
  });

  it("forgets the oldest handled notification, and no busy one", () => {
    const store = createMemoryStore(2);
    store.claim("busy");
    for (const id of ["a", "b", "c"]) {
      store.claim(id);
      store.complete(id);
    }
    expect(["busy", "c", "b", "a"].map((id) => store.claim(id))).toEqual([
      "busy",
      "done",
      "done",
      "new",
    ]);
  });
});
