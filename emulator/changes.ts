/** Notifies watchers of changes in the emulator. */
export interface Changes {
  /** Notifies once for all changes of one turn of the event loop. */
  announce(): void;
  /** @returns a function that removes the watcher */
  watch(watcher: () => void): () => void;
}

export function createChanges(): Changes {
  const watchers = new Set<() => void>();
  let announced = false;
  return {
    announce() {
      if (announced || watchers.size === 0) return;
      announced = true;
      setImmediate(() => {
        announced = false;
        for (const watcher of watchers) watcher();
      });
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
