/** `new`: handle it now. `busy`: another request is handling it. `done`: it has been handled. */
export type Claim = "new" | "busy" | "done";

/** Makes sure that each notification is handled once. All processes of a registration share one store. */
export interface NotificationStore {
  /**
   * Must be atomic: of concurrent claims of an ID, one is `new`. A claim must expire if it is neither completed nor
   * released, because its process ended.
   */
  claim(notificationid: string): Claim | Promise<Claim>;
  /** Marks a claimed notification as handled. Keep it for as long as VCC may repeat it. */
  complete(notificationid: string): unknown;
  /** Ends a claim, so that a repetition is `new`. */
  release(notificationid: string): unknown;
  /** Returns what `saveEvidence` saved last. Without both functions, the receiver keeps evidence in memory. */
  loadEvidence?(): string | null | undefined | Promise<string | null | undefined>;
  /**
   * Saves the evidence of the witness: a few kilobytes of text, without secrets. Returns `false`, and saves nothing,
   * if the store no longer contains `loaded` (`null` if there was nothing). If a store cannot compare and save in one
   * step, concurrent saves may lose observations.
   */
  saveEvidence?(evidence: string, loaded: string | null): unknown;
}

/** Remembers the last `max` handled notifications and the evidence, in this process. */
export function createMemoryStore(max = 100_000): Required<NotificationStore> {
  // Not limited, so that none is forgotten while its handler runs.
  const busy = new Set<string>();
  // In the order of completion.
  const done = new Set<string>();
  let evidence: string | null = null;
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
    loadEvidence: () => evidence,
    saveEvidence(text) {
      evidence = text;
    },
  };
}
