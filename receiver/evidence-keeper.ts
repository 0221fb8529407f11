import { type Evidence, parseEvidence } from "../provider/witness/evidence";
import { createMemoryStore, type NotificationStore } from "./notification-store";
import { addObservations, type Observed, type SavedEvidence } from "./observations";
import { ReceiverError } from "./receiver-error";

export interface EvidenceKeeper {
  /** Saves which registration and header set a notification carried. Never rejects. */
  observe(registration: string | null, headerSet: string): Promise<void>;
  /** Saves that a request had no accepted header set. Never rejects. */
  observeRefusal(): Promise<void>;
  /** @throws the store's error */
  report(): Promise<Evidence>;
}

/** While the store fails. */
const maxUnsaved = 1000;
/** An attempt fails only if another process saved in the meantime. */
const maxAttempts = 20;
/** Anybody can cause refusals, so all of this time share one save in the application's store. */
const refusalsMs = 100;

/**
 * Keeps evidence in the application's store, or in memory if that store cannot keep evidence. Observations that arrive
 * during a save share the next one.
 *
 * @param options.headerSets the names of the accepted sets
 */
export function createEvidenceKeeper(options: {
  store?: NotificationStore;
  headerSets: string[];
  provider?: string | null;
  now?: () => number;
  onError: (cause: unknown) => void;
}): EvidenceKeeper {
  const { headerSets, provider = null, now: clock = Date.now, onError } = options;
  const store = keepsEvidence(options.store) ? options.store : createMemoryStore();
  const isShared = store === options.store;
  const now = () => new Date(clock()).toISOString();
  const since = now();
  const empty: SavedEvidence = {
    version: 1,
    at: since,
    since,
    provider,
    registrations: [],
    headerSets: [],
    lastRefusedAt: null,
  };
  const unsaved = new Set<Observed>();
  let refusedAt: string | null = null;
  let refusalSave: Promise<void> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<SavedEvidence> | undefined;

  /** Saves what has arrived when the running save ends. */
  function save(): Promise<SavedEvidence> {
    next ??= running.then(() => {
      next = undefined;
      const saving = saveUnsaved();
      running = saving.catch(() => {});
      return saving;
    });
    return next;
  }

  async function saveUnsaved(): Promise<SavedEvidence> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const loaded = (await store.loadEvidence()) ?? null;
      const evidence = loaded === null ? empty : parseSaved(loaded);
      const observations = [...unsaved];
      const lastRefusedAt = latest(evidence.lastRefusedAt, refusedAt);
      const isSaved = observations.length === 0 && lastRefusedAt === evidence.lastRefusedAt;
      if (isSaved && loaded !== null) return evidence;
      const current = { ...evidence, at: now(), lastRefusedAt };
      const merged = addObservations(current, observations, clock());
      if ((await store.saveEvidence(JSON.stringify(merged), loaded)) !== false) {
        for (const observed of observations) unsaved.delete(observed);
        return merged;
      }
      await pause(Math.random() * Math.min(2 ** attempt, 100));
    }
    throw new ReceiverError(
      `evidence is not saved: saveEvidence returned false ${maxAttempts} times`,
    );
  }

  return {
    async observe(value, headerSet) {
      unsaved.add({ registration: withoutSecrets(value), headerSet, atMs: clock() });
      const [oldest] = unsaved;
      if (oldest && unsaved.size > maxUnsaved) unsaved.delete(oldest);
      await save().catch(onError);
    },
    async observeRefusal() {
      refusedAt = now();
      refusalSave ??= (isShared ? pause(refusalsMs) : Promise.resolve()).then(async () => {
        refusalSave = undefined;
        await save().catch(onError);
      });
      await refusalSave;
    },
    async report() {
      const saved = await save();
      const used = saved.headerSets.filter(({ headerSet }) => headerSets.includes(headerSet));
      const unused = headerSets.filter((name) => !used.some(({ headerSet }) => headerSet === name));
      return {
        ...saved,
        at: now(),
        provider,
        headerSets: [...used, ...unused.map((headerSet) => ({ headerSet, ...never }))],
      };
    },
  };
}

const never = { firstSeenAt: null, lastSeenAt: null, returnedAt: null, replacedAt: null };

function keepsEvidence(store?: NotificationStore): store is Required<NotificationStore> {
  return store?.loadEvidence !== undefined;
}

/** @throws ReceiverError for text that this version has not saved */
function parseSaved(text: string): SavedEvidence {
  try {
    const evidence = parseEvidence(JSON.parse(text));
    if (evidence) return evidence as SavedEvidence;
  } catch {}
  throw new ReceiverError(
    "loadEvidence must return the text that saveEvidence saved, of this version",
  );
}

/** The header of a wrong registration may contain a secret, so only fingerprints are kept. */
function withoutSecrets(value: string | null): string | null {
  return value === null || /^[\w-]{1,64}$/.test(value) ? value : "malformed";
}

function latest(a: string | null, b: string | null): string | null {
  return a !== null && (b === null || a > b) ? a : b;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
