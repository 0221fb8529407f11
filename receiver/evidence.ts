import type { NotificationStore } from "./notification-store";

/** When something was seen on notifications. Times are UTC, RFC 3339, of the receiver's clock. */
export interface Sighting {
  /** When it was first seen. */
  firstSeenAt: string;
  /** When it was last seen. */
  lastSeenAt: string;
  /** When it was first seen again after another one. `null` if it never came back. */
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
    } & Sighting
  >;
  /** By accepted header set, the last one used first, then those never used, with `null` as times. */
  headerSets: Array<
    {
      /** The name of the set; `default` for the only one. */
      headerSet: string;
    } & (Sighting | { [Field in keyof Sighting]: null })
  >;
  /** When a request without an accepted header set last arrived. Anybody can send one. */
  lastRefusedAt: string | null;
}

/** What the application's store keeps. */
interface Memory {
  version: 1;
  since: string;
  registrations: Evidence["registrations"];
  headerSets: Array<{ headerSet: string } & Sighting>;
  lastRefusedAt: string | null;
}

interface Observation {
  registration: string | null;
  headerSet: string;
  at: number;
}

export interface EvidenceKeeper {
  /** Remembers which registration and header set a notification carried. */
  see(registration: string | null, headerSet: string): Promise<void>;
  /** Remembers that a request had no accepted header set. */
  refuse(): void;
  /** @throws the store's error */
  report(): Promise<Evidence>;
}

const maxRegistrations = 16;
const saveEveryMs = 1000;

/**
 * Keeps evidence in the application's store, if it can, else in memory. What repeats the last observation
 * is saved at most once a second.
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
  const since = time(now());
  let own: string | null | undefined;
  let refusedAt: string | null = null;
  let saved: Observation | undefined;
  /** Observed after `saved`, and not saved. */
  let pending: Observation | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function load(): Promise<Memory> {
    const text = await (store.loadEvidence ? store.loadEvidence() : own);
    if (text === null || text === undefined) {
      return { version: 1, since, registrations: [], headerSets: [], lastRefusedAt: null };
    }
    const memory = JSON.parse(text) as Memory;
    if (memory.version !== 1) throw new Error("the saved evidence has an unknown version");
    return memory;
  }

  async function save(observations: Observation[]): Promise<Memory> {
    const memory = observations.reduce(withObservation, await load());
    memory.lastRefusedAt = later(memory.lastRefusedAt, refusedAt);
    const text = JSON.stringify(memory);
    if (store.saveEvidence) await store.saveEvidence(text);
    else own = text;
    return memory;
  }

  /** After the saves that began earlier: each loads what the former one saved. */
  function enqueue(observations: Observation[]): Promise<Memory> {
    const result = queue.then(() => save(observations));
    queue = result.catch(() => {});
    return result;
  }

  return {
    async see(value, headerSet) {
      const observation = { registration: withoutSecrets(value), headerSet, at: now() };
      if (saved && isSame(saved, observation) && observation.at - saved.at < saveEveryMs) {
        pending = observation;
        return;
      }
      const observations = pending ? [pending, observation] : [observation];
      saved = observation;
      pending = undefined;
      try {
        await enqueue(observations);
      } catch (cause) {
        saved = undefined;
        onError(cause);
      }
    },
    refuse() {
      refusedAt = time(now());
    },
    async report() {
      const observations = pending ? [pending] : [];
      pending = undefined;
      const memory = await enqueue(observations);
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

const never = { firstSeenAt: null, lastSeenAt: null, returnedAt: null, replacedAt: null };

function withObservation(memory: Memory, { registration, headerSet, at }: Observation): Memory {
  return {
    ...memory,
    registrations: see(memory.registrations, "registration", { registration, headerSet }, at),
    headerSets: see(memory.headerSets, "headerSet", { headerSet }, at),
  };
}

/** Moves the one with the same key to the front, or adds it there. */
function see<Seen extends object>(
  sightings: Array<Seen & Sighting>,
  key: keyof Seen,
  seen: Seen,
  observedAt: number,
): Array<Seen & Sighting> {
  const at = time(observedAt);
  const [last] = sightings;
  const known = sightings.find((sighting) => sighting[key] === seen[key]);
  const others = sightings
    .filter((sighting) => sighting !== known)
    .map((sighting) => (sighting === last ? { ...sighting, replacedAt: at } : sighting));
  const current = {
    ...seen,
    firstSeenAt: known?.firstSeenAt ?? at,
    lastSeenAt: at,
    returnedAt: known && known !== last ? at : (known?.returnedAt ?? null),
    replacedAt: null,
  };
  return [current, ...others].slice(0, maxRegistrations);
}

function isSame(a: Observation, b: Observation): boolean {
  return a.registration === b.registration && a.headerSet === b.headerSet;
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
