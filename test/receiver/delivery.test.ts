import { createDelivery, type Handler } from "../../receiver/delivery";
import type { Notification } from "../../receiver/notification";
import { createMemoryStore, type NotificationStore } from "../../receiver/notification-store";

const notificationWith = (notificationid: string, notification = "Release"): Notification => ({
  notification,
  objectid: "a1",
  notificationid,
  params: {},
});

/** A delivery that records the IDs of what reaches the handlers, and each call of the store. */
function start(
  onNotification: Handler = () => {},
  { onOther, ...changes }: Partial<NotificationStore> & { onOther?: Handler } = {},
) {
  const memory = { ...createMemoryStore(), ...changes };
  const calls: string[] = [];
  const errors: Array<[unknown, string]> = [];
  const store: NotificationStore = {
    claim(id) {
      calls.push(`claim ${id}`);
      return memory.claim(id);
    },
    complete(id) {
      calls.push(`complete ${id}`);
      return memory.complete(id);
    },
    release(id) {
      calls.push(`release ${id}`);
      return memory.release(id);
    },
  };
  const deliver = createDelivery({
    store,
    onNotification(notification) {
      calls.push(`handle ${notification.notificationid}`);
      return onNotification(notification);
    },
    onOther,
    onError: (cause, { notificationid }) => errors.push([cause, notificationid]),
  });
  return {
    calls,
    errors,
    deliver: (...ids: string[]) => deliver(ids.map((id) => notificationWith(id))),
    deliverKinds: (...kinds: string[]) =>
      deliver(kinds.map((kind) => notificationWith(kind, kind))),
  };
}

describe("delivery", () => {
  it("claims, handles and completes each notification in order", async () => {
    const { deliver, calls, errors } = start();
    expect(await deliver("a", "b")).toBe("handled");
    expect(calls).toEqual([
      ...["claim a", "handle a", "complete a"],
      ...["claim b", "handle b", "complete b"],
    ]);
    expect(errors).toEqual([]);
  });

  it("handles a repetition once, in the same request or a later one", async () => {
    const { deliver, calls } = start();
    expect(await deliver("a", "a")).toBe("handled");
    expect(await deliver("a")).toBe("handled");
    expect(calls.filter((call) => call === "handle a")).toHaveLength(1);
  });

  it("is busy if another request handles a notification, and handles the others", async () => {
    let end = () => {};
    const { deliver, calls } = start(
      ({ notificationid }) =>
        notificationid === "a" && new Promise<void>((resolve) => (end = resolve)),
    );
    const first = deliver("a");
    expect(await deliver("a", "b")).toBe("busy");
    expect(calls).toEqual(["claim a", "claim a", "handle a", "claim b", "handle b", "complete b"]);
    end();
    expect(await first).toBe("handled");
    expect(await deliver("a")).toBe("handled");
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no agent");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no agent"))],
  ])("releases a notification whose handler %s, and continues", async (_how, fail) => {
    let failures = 1;
    const { deliver, calls, errors } = start(() => failures-- > 0 && fail());
    expect(await deliver("a", "b")).toBe("failed");
    expect(calls).toEqual([
      ...["claim a", "handle a", "release a"],
      ...["claim b", "handle b", "complete b"],
    ]);
    expect(errors).toEqual([[new Error("no agent"), "a"]]);
    expect(await deliver("a", "b")).toBe("handled");
    expect(calls.slice(6)).toEqual(["claim a", "handle a", "complete a", "claim b"]);
  });

  it("fails if a notification fails and another one is busy", async () => {
    const claim = (id: string) => (id === "a" ? "busy" : "new");
    const { deliver } = start(() => Promise.reject(new Error()), { claim });
    expect(await deliver("a", "b")).toBe("failed");
    expect(await deliver("b", "a")).toBe("failed");
  });

  it("handles no notification that it cannot claim", async () => {
    const claim = () => Promise.reject(new Error("store is down"));
    const { deliver, calls, errors } = start(undefined, { claim });
    expect(await deliver("a")).toBe("failed");
    expect(calls).toEqual(["claim a"]);
    expect(errors).toEqual([[new Error("store is down"), "a"]]);
  });

  it("has handled a notification even if the store cannot complete it", async () => {
    const complete = () => Promise.reject(new Error("store is down"));
    const { deliver, calls, errors } = start(undefined, { complete });
    expect(await deliver("a")).toBe("handled");
    expect(calls).toEqual(["claim a", "handle a", "complete a"]);
    expect(errors).toEqual([[new Error("store is down"), "a"]]);
  });

  it("reports both errors if a release fails", async () => {
    const release = () => {
      throw new Error("store is down");
    };
    const { deliver, errors } = start(() => Promise.reject(new Error("no agent")), { release });
    expect(await deliver("a")).toBe("failed");
    expect(errors.map(([cause]) => (cause as Error).message)).toEqual([
      "no agent",
      "store is down",
    ]);
  });

  it("passes undocumented kinds to onOther, or to onNotification without it", async () => {
    const other: string[] = [];
    const withOther = start(undefined, { onOther: ({ notification }) => other.push(notification) });
    await withOther.deliverKinds("AssignToAgent", "Hold", "Release");
    expect(other).toEqual(["Hold"]);
    expect(withOther.calls.filter((call) => call.startsWith("handle"))).toEqual([
      "handle AssignToAgent",
      "handle Release",
    ]);
    const without = start();
    await without.deliverKinds("Hold");
    expect(without.calls).toEqual(["claim Hold", "handle Hold", "complete Hold"]);
  });
});
