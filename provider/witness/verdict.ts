import type { Evidence } from "./evidence";
import type { Verdict } from "./witness";

/** What the evidence of a witness means for a registration. */
export interface Assessment {
  verdict: Verdict;
  /** Why, for people. Does not change while VCC uses the same registration. */
  reason?: string;
  /** When VCC used this registration: of the witness's clock. */
  verifiedAt?: string;
}

/** The registration that a witness should have seen. */
interface Subject {
  provider: string;
  registrationFingerprint: string;
  /** Of the registration before it. */
  formerFingerprint?: string;
  /** Missing until VCC has acknowledged it. */
  registeredAt?: string;
}

type Observation = Evidence["registrations"][number];

/** Allows for in-flight notifications and clock skew. Unit: milliseconds. */
const toleranceMs = 2 * 60_000;
/** Maximum reordering of notifications. Unit: milliseconds. */
const overtakingMs = 1000;
/** Of header sets in a reason. */
const maxNames = 3;

/**
 * Compares what VCC used with what it acknowledged.
 *
 * @param receivedAtMs when the evidence arrived, of the clock of this machine
 */
export function assess(
  { at, since, provider, registrations, headerSets }: Evidence,
  subject: Subject,
  receivedAtMs: number,
): Assessment {
  const aheadMs = Date.parse(at) - receivedAtMs;
  if (Math.abs(aheadMs) > toleranceMs) {
    return unverified("the clock of the witness is wrong, or its response is old");
  }
  if (provider !== null && provider !== subject.provider) {
    return unverified("the witness is that of another registration; check its URL");
  }
  const [last] = registrations;
  if (last === undefined) return unverified(`no notification since ${since}`);
  if (subject.registeredAt === undefined) return unverified("VCC has not acknowledged it yet");

  const { registrationFingerprint: own, formerFingerprint: former } = subject;
  /** Of the witness's clock. */
  const registeredMs = Date.parse(subject.registeredAt) + aheadMs;
  const isAfter = (time: string, toleratedMs = 0) => Date.parse(time) > registeredMs + toleratedMs;
  const isOurs = ({ registration }: Observation) => registration === own || registration === former;
  const ours = registrations.find(({ registration }) => registration === own);
  const isSeen = ours !== undefined && isAfter(ours.lastSeenAt);

  if (Date.parse(last.lastSeenAt) > Date.parse(at) + toleranceMs) {
    return unverified("the witness reports a time in the future");
  }
  if (!isAfter(last.lastSeenAt)) return unverified("no notification since it was registered");
  if (last.registration === own) {
    const retired = headerSets.filter(({ replacedAt }) => replacedAt !== null).slice(0, maxNames);
    return {
      verdict: "verified",
      verifiedAt: last.lastSeenAt,
      ...(retired.length > 0 && { reason: retired.map(describeRetired).join(", ") }),
    };
  }
  const isLate = isAfter(last.lastSeenAt, toleranceMs);
  if (last.registration === former && !(isSeen && isLate)) {
    return {
      verdict: "rotating",
      reason: `VCC still used the former registration at ${last.lastSeenAt}, with the headers ${quote(last.headerSet)}`,
    };
  }
  // Notifications in flight carry what VCC used before, which has mostly been seen.
  const isNew =
    isSeen &&
    isAfter(last.firstSeenAt) &&
    Date.parse(last.lastSeenAt) > Date.parse(ours.lastSeenAt) + overtakingMs;
  if (!isNew && !isLate) {
    return unverified("the last notification may have been sent before it was registered");
  }
  const lastOfOurs = registrations.find(isOurs);
  const isAgain =
    // Overwritten before it was registered,
    (lastOfOurs?.replacedAt && !isAfter(lastOfOurs.replacedAt)) ||
    // or so, and seen again since.
    (ours?.returnedAt &&
      isAfter(ours.returnedAt) &&
      !isAfter(ours.firstSeenAt) &&
      registrations.some((one) => !isOurs(one) && !isAfter(one.firstSeenAt)));
  const beganAt = last.returnedAt ?? last.firstSeenAt;
  const other = describeOther(last, former);
  return {
    verdict: isAgain ? "contested" : "drifted",
    reason: isAfter(beganAt) ? `VCC has used ${other} since ${beganAt}` : `VCC still uses ${other}`,
  };
}

function unverified(reason: string): Assessment {
  return { verdict: "unverified", reason };
}

function describeOther({ registration }: Observation, former: string | undefined): string {
  if (registration === null) return "a registration without X-Vcc-Registration";
  if (registration === former) return "the former registration again";
  return `another registration (${registration})`;
}

function describeRetired({ headerSet, replacedAt }: Evidence["headerSets"][number]): string {
  return `the headers ${quote(headerSet)} not used since ${replacedAt}`;
}

function quote(name: string): string {
  return JSON.stringify(name);
}
