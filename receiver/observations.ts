import type { Evidence, Observation } from "../provider/witness/evidence";

/** Evidence without header sets that were never used. */
export interface SavedEvidence extends Evidence {
  headerSets: Array<{ headerSet: string } & Observation>;
}

/** The registration and the header set of a notification. */
export interface Observed {
  registration: string | null;
  headerSet: string;
  atMs: number;
}

/** Of registrations and of header sets. The least recently seen are dropped. */
const maxEntries = 16;

/** Adds observations to the evidence, in any order: another process may have saved later ones first. */
export function addObservations(
  evidence: SavedEvidence,
  observations: Iterable<Observed>,
  nowMs: number,
): SavedEvidence {
  let { registrations, headerSets } = evidence;
  const [last] = registrations;
  // If the clock was set back, or that of another process is ahead, what is new is still later than what is saved.
  const behindMs = last ? Math.max(0, Date.parse(last.lastSeenAt) - nowMs) : 0;
  for (const { registration, headerSet, atMs } of observations) {
    const at = new Date(atMs + behindMs).toISOString();
    registrations = observe(registrations, "registration", { registration, headerSet }, at);
    headerSets = observe(headerSets, "headerSet", { headerSet }, at);
  }
  return { ...evidence, registrations, headerSets };
}

/** Adds one observation to entries that begin with the last one seen. */
function observe<Subject extends object>(
  entries: Array<Subject & Observation>,
  key: keyof Subject,
  subject: Subject,
  at: string,
): Array<Subject & Observation> {
  const known = entries.find((entry) => entry[key] === subject[key]);
  const others = entries.filter((entry) => entry !== known);
  const next = others.findLast(({ lastSeenAt }) => lastSeenAt > at)?.lastSeenAt ?? null;
  const seen = known
    ? { ...(at < known.lastSeenAt ? known : subject), ...seenAgain(known, at, next) }
    : { ...subject, firstSeenAt: at, lastSeenAt: at, returnedAt: null, replacedAt: next };
  return [seen, ...others.map((other) => ({ ...other, ...otherSeen(other, at) }))]
    .toSorted((a, b) => Date.parse(b.lastSeenAt) - Date.parse(a.lastSeenAt))
    .slice(0, maxEntries);
}

/** @param next when another entry was seen after `at` */
function seenAgain(known: Observation, at: string, next: string | null): Observation {
  const firstSeenAt = earlier(known.firstSeenAt, at);
  const { lastSeenAt, returnedAt, replacedAt } = known;
  if (at < lastSeenAt) return { firstSeenAt, lastSeenAt, returnedAt, replacedAt };
  const hasReturned = replacedAt !== null && replacedAt <= at;
  return hasReturned
    ? { firstSeenAt, lastSeenAt: at, returnedAt: at, replacedAt: next }
    : { firstSeenAt, lastSeenAt: at, returnedAt, replacedAt };
}

/** Returns what changes for an entry if another one is seen: it is replaced, or has returned after that one. */
function otherSeen(entry: Observation, at: string): Partial<Observation> {
  const { firstSeenAt, lastSeenAt, returnedAt, replacedAt } = entry;
  if (lastSeenAt <= at) return { replacedAt: earlier(replacedAt, at) };
  const hasReturned = firstSeenAt < at && (returnedAt === null || returnedAt <= at);
  return hasReturned ? { returnedAt: lastSeenAt } : {};
}

function earlier(a: string | null, b: string): string {
  return a !== null && a < b ? a : b;
}
