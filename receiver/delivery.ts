import { documentedKinds, type Notification } from "./notification";
import type { NotificationStore } from "./notification-store";

export type Handler = (notification: Notification) => unknown;

/** `busy`: another request is handling one of them, and may still fail. */
export type Outcome = "handled" | "busy" | "failed";

/**
 * Passes each notification to its handler once, in order. A failed notification is released, so that a repetition is
 * handled. It does not stop the others, because VCC does not document whether it repeats notifications.
 */
export function createDelivery(options: {
  store: NotificationStore;
  onNotification: Handler;
  onOther?: Handler | undefined;
  onError: (cause: unknown, notification: Notification) => void;
}): (notifications: Notification[]) => Promise<Outcome> {
  const { store, onNotification, onOther = onNotification, onError } = options;

  async function deliver(notification: Notification): Promise<Outcome> {
    const { notificationid: id, notification: kind } = notification;
    const handle = documentedKinds.includes(kind) ? onNotification : onOther;
    try {
      const claim = await store.claim(id);
      if (claim !== "new") return claim === "done" ? "handled" : "busy";
    } catch (cause) {
      onError(cause, notification);
      return "failed";
    }
    try {
      await handle(notification);
    } catch (cause) {
      onError(cause, notification);
      await attempt(() => store.release(id), notification);
      return "failed";
    }
    // The notification has been handled even if this fails.
    await attempt(() => store.complete(id), notification);
    return "handled";
  }

  async function attempt(action: () => unknown, notification: Notification) {
    try {
      await action();
    } catch (cause) {
      onError(cause, notification);
    }
  }

  return async (notifications) => {
    const outcomes = new Set<Outcome>();
    for (const notification of notifications) outcomes.add(await deliver(notification));
    if (outcomes.has("failed")) return "failed";
    return outcomes.has("busy") ? "busy" : "handled";
  };
}
