/**
 * `new`: the caller handles the notification. `busy`: another request handles it at the moment.
 * `done`: it has been handled.
 */
export type Claim = "new" | "busy" | "done";

/**
 * What the receiver remembers beyond a request. Share one among all processes that receive the same
 * registration.
 */
export interface NotificationStore {
  /**
   * Atomic: of all concurrent claims of an ID, one is `new`. A claim that is neither completed nor released,
   * because its process ended, must expire.
   */
  claim(notificationid: string): Claim | Promise<Claim>;
  /** Marks a claimed notification as handled. Remember it for as long as VCC may repeat it. */
  complete(notificationid: string): unknown;
  /** Gives a claim back, so that a repetition is `new`. */
  release(notificationid: string): unknown;
  /**
   * What `saveEvidence` saved last. Without both functions, the receiver keeps its evidence in memory.
   */
  loadEvidence?(): string | null | undefined | Promise<string | null | undefined>;
  /**
   * Saves the evidence of the witness: text of a few kilobytes, without secrets. If the store no longer contains
   * `loaded`, which is `null` if it contained nothing, it must save nothing and return `false`. A store that
   * cannot compare both in one step may lose what two processes save at once.
   */
  saveEvidence?(evidence: string, loaded: string | null): unknown;
}

/** The default: in this process only, and the last `max` handled notifications. */
export function createMemoryStore(max = 100_000): NotificationStore {
  // Apart from those that are done, so that none is forgotten while a handler runs.
  const busy = new Set<string>();
  // A set keeps the order of insertion.
  const done = new Set<string>();
  return {
    claim(id) {
      if (busy.has(id)) return "busy";
      if (done.has(id)) return "done";
      busy.add(id);
      return "new";
    },
    complete(id) {
      busy.delete(id);
      done.add(id);
      const [oldest = id] = done;
      if (done.size > max) done.delete(oldest);
    },
    release(id) {
      busy.delete(id);
    },
  };
}
