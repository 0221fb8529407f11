import type { NotificationStore } from "./notification-store";
import { ReceiverError } from "./receiver-error";

/** When something was seen on notifications. Times are UTC, RFC 3339, of the receiver's clock. */
export interface Observation {
  /** When it was first seen. */
  firstSeenAt: string;
  /** When it was last seen. */
  lastSeenAt: string;
  /** When it was last seen again after another one. `null` if it never came back. */
  returnedAt: string | null;
  /** When another one was first seen after it. `null` while it is the last one seen. */
  replacedAt: string | null;
}

/**
 * What a receiver has seen of registrations. Times are UTC, RFC 3339, of its clock.
 *
 * @see schemas/registration-evidence-1.schema.json
 */
export interface Evidence {
  /** The version of this format. */
  version: 1;
  /** The receiver's current time. */
  at: string;
  /** Nothing earlier is known. */
  since: string;
  /** The option of the receiver. `null` without it. */
  provider: string | null;
  /** By value of `X-Vcc-Registration`, at most 16, the last one seen first. */
  registrations: Array<
    {
      /** `null` for notifications without the header, `"malformed"` for a value that is no fingerprint. */
      registration: string | null;
      /** The name of the header set that the last of them carried. */
      headerSet: string;
    } & Observation
  >;
  /** By accepted header set, the last one used first, then those never used, with `null` as times. */
  headerSets: Array<
    {
      /** The name of the set; `default` for the only one. */
      headerSet: string;
    } & (Observation | { [Field in keyof Observation]: null })
  >;
  /** When a request without an accepted header set last arrived. Anybody can send one. */
  lastRefusedAt: string | null;
}

/** What is saved. */
interface Memory {
  version: 1;
  since: string;
  registrations: Evidence["registrations"];
  headerSets: Array<{ headerSet: string } & Observation>;
  lastRefusedAt: string | null;
}

interface Seen {
  registration: string | null;
  headerSet: string;
  atMs: number;
}

type EvidenceStore = Required<Pick<NotificationStore, "loadEvidence" | "saveEvidence">>;

export interface EvidenceKeeper {
  /** Saves which registration and header set a notification carried. */
  see(registration: string | null, headerSet: string): Promise<void>;
  /** Saves that a request had no accepted header set. */
  refuse(): Promise<void>;
  /** @throws the store's error */
  report(): Promise<Evidence>;
}

const maxRegistrations = 16;
/** Observations that wait for a store that fails. */
const maxUnsaved = 1000;
/** Each fails only if another process has saved meanwhile. */
const maxAttempts = 20;
/** Anybody can be refused, so all refusals of this time share a save in the application's store. */
const refusalsMs = 100;

/**
 * Keeps evidence in the application's store, if it can, else in memory. Observations that arrive during a save
 * share the next one.
 */
export function createEvidence({
  store,
  headerSets,
  provider = null,
  now,
  onError,
}: {
  store: NotificationStore;
  headerSets: string[];
  provider?: string | null | undefined;
  now: () => number;
  onError: (cause: unknown) => void;
}): EvidenceKeeper {
  const isShared = store.loadEvidence !== undefined && store.saveEvidence !== undefined;
  const kept = isShared ? (store as EvidenceStore) : createMemory();
  const empty: Memory = {
    version: 1,
    since: time(now()),
    registrations: [],
    headerSets: [],
    lastRefusedAt: null,
  };
  let unsaved: Seen[] = [];
  let refusedAt: string | null = null;
  let refusals: Promise<void> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<Memory> | undefined;

  /** Saves what was observed before the call, after the save that runs already. */
  function save(): Promise<Memory> {
    next ??= running.then(() => {
      next = undefined;
      const saved = saveObservations();
      running = saved.catch(() => {});
      return saved;
    });
    return next;
  }

  async function saveObservations(): Promise<Memory> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const loaded = (await kept.loadEvidence()) ?? null;
      const memory = loaded === null ? empty : parse(loaded);
      const [last] = memory.registrations;
      // Nothing is seen before what is saved: the clock was set back, or that of another process is ahead.
      const behindMs = last ? Math.max(0, Date.parse(last.lastSeenAt) - now()) : 0;
      const saving = unsaved;
      unsaved = [];
      const lastRefusedAt = later(memory.lastRefusedAt, refusedAt);
      const isKnown = saving.length === 0 && lastRefusedAt === memory.lastRefusedAt;
      if (isKnown && loaded !== null) return memory;
      const merged = saving
        .map((one) => ({ ...one, atMs: one.atMs + behindMs }))
        .reduce(withObservation, { ...memory, lastRefusedAt });
      try {
        if ((await kept.saveEvidence(JSON.stringify(merged), loaded)) !== false) return merged;
      } catch (cause) {
        unsaved = [...saving, ...unsaved];
        throw cause;
      }
      unsaved = [...saving, ...unsaved];
      await pause(Math.random() * Math.min(2 ** attempt, 100));
    }
    throw new ReceiverError(
      `evidence is not saved: saveEvidence returned false ${maxAttempts} times`,
    );
  }

  return {
    async see(value, headerSet) {
      const observation = { registration: withoutSecrets(value), headerSet, atMs: now() };
      unsaved = [...unsaved, observation].slice(-maxUnsaved);
      await save().catch(onError);
    },
    async refuse() {
      refusedAt = time(now());
      refusals ??= (isShared ? pause(refusalsMs) : Promise.resolve()).then(async () => {
        refusals = undefined;
        await save().catch(onError);
      });
      await refusals;
    },
    async report() {
      const memory = await save();
      const used = memory.headerSets.filter(({ headerSet }) => headerSets.includes(headerSet));
      const unused = headerSets.filter((name) => !used.some(({ headerSet }) => headerSet === name));
      return {
        version: 1,
        at: time(now()),
        since: memory.since,
        provider,
        registrations: memory.registrations,
        headerSets: [...used, ...unused.map((headerSet) => ({ headerSet, ...never }))],
        lastRefusedAt: memory.lastRefusedAt,
      };
    },
  };
}

function createMemory(): EvidenceStore {
  let evidence: string | null = null;
  return {
    loadEvidence: () => evidence,
    saveEvidence(text) {
      evidence = text;
    },
  };
}

/** @throws ReceiverError for what this version has not saved */
function parse(text: string): Memory {
  try {
    const memory = JSON.parse(text) as Memory;
    if (memory.version === 1 && [memory.registrations, memory.headerSets].every(Array.isArray)) {
      return memory;
    }
  } catch {}
  throw new ReceiverError(
    "loadEvidence must return the text that saveEvidence saved, of this version",
  );
}

const never = { firstSeenAt: null, lastSeenAt: null, returnedAt: null, replacedAt: null };

function withObservation(memory: Memory, { registration, headerSet, atMs }: Seen): Memory {
  const at = time(atMs);
  return {
    ...memory,
    registrations: see(memory.registrations, "registration", { registration, headerSet }, at),
    headerSets: see(memory.headerSets, "headerSet", { headerSet }, at),
  };
}

/** Adds what was seen at a time, which is before known ones if another process has saved first. */
function see<Seen extends object>(
  observations: Array<Seen & Observation>,
  key: keyof Seen,
  seen: Seen,
  at: string,
): Array<Seen & Observation> {
  const known = observations.find((observation) => observation[key] === seen[key]);
  const others = observations.filter((observation) => observation !== known);
  const next = others.findLast(({ lastSeenAt }) => lastSeenAt > at)?.lastSeenAt ?? null;
  const replaced = known?.replacedAt ?? null;
  const current = {
    ...seen,
    firstSeenAt: known && known.firstSeenAt < at ? known.firstSeenAt : at,
    lastSeenAt: at,
    returnedAt: replaced !== null && replaced <= at ? at : (known?.returnedAt ?? null),
    replacedAt: replaced !== null && replaced > at ? replaced : next,
  };
  const isLate = known !== undefined && at < known.lastSeenAt;
  return [
    isLate ? { ...known, firstSeenAt: current.firstSeenAt } : current,
    ...others.map((other) => seenBeside(other, at)),
  ]
    .toSorted((a, b) => Date.parse(b.lastSeenAt) - Date.parse(a.lastSeenAt))
    .slice(0, maxRegistrations);
}

/** When another one was seen. */
function seenBeside<One extends Observation>(observation: One, at: string): One {
  const { firstSeenAt, lastSeenAt, returnedAt, replacedAt } = observation;
  if (lastSeenAt > at) {
    const returned = firstSeenAt < at && (returnedAt === null || returnedAt <= at);
    return returned ? { ...observation, returnedAt: lastSeenAt } : observation;
  }
  return replacedAt !== null && replacedAt < at ? observation : { ...observation, replacedAt: at };
}

/** A value that cannot be a fingerprint could be anything, so evidence does not contain it. */
function withoutSecrets(value: string | null): string | null {
  return value === null || /^[\w-]{1,64}$/.test(value) ? value : "malformed";
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

function later(a: string | null, b: string | null): string | null {
  return a !== null && (b === null || a > b) ? a : b;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
