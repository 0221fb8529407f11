/** Tells whoever watches that the emulator holds something else than before. */
export interface Changes {
  /** Once for all the changes of one turn of the event loop. */
  announce(): void;
  /** @returns what ends it */
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
