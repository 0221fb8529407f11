import type { Verdict } from "../contract/witness";
import type { Evidence } from "../registration/evidence";
import type { RegistrationOutputs } from "./state";

/** What the evidence of a witness means for a registration. */
export interface Judgement {
  verdict: Verdict;
  /** Why, for people. Does not change while VCC uses the same registration. */
  reason?: string;
  /** When VCC used this registration: of the witness's clock. */
  verifiedAt?: string;
}

type Subject = Pick<
  RegistrationOutputs,
  "provider" | "registrationFingerprint" | "formerFingerprint" | "registeredAt"
>;

type Sighting = Evidence["registrations"][number];

/**
 * For notifications that were in flight when VCC acknowledged, and for the difference between the
 * clock that wrote `registeredAt` and the present one. Unit: milliseconds.
 */
const toleranceMs = 2 * 60_000;

/**
 * Compares what VCC used with what it acknowledged.
 *
 * @param receivedAtMs when the evidence arrived, of the clock of this machine
 */
export function judge(
  { at, since, provider, registrations, headerSets }: Evidence,
  subject: Subject,
  receivedAtMs: number,
): Judgement {
  if (provider !== null && provider !== subject.provider) {
    return unverified("the witness is that of another registration; check its URL");
  }
  const [last] = registrations;
  if (last === undefined) return unverified(`no notification since ${since}`);
  if (subject.registeredAt === undefined) return unverified("VCC has not acknowledged it yet");

  const { registrationFingerprint: own, formerFingerprint: former } = subject;
  /** Of the witness's clock. */
  const registeredMs = Date.parse(subject.registeredAt) + Date.parse(at) - receivedAtMs;
  const isAfter = (time: string, toleratedMs = 0) => Date.parse(time) > registeredMs + toleratedMs;
  const isOurs = ({ registration }: Sighting) => registration === own || registration === former;
  const ours = registrations.find(({ registration }) => registration === own);
  const isSeen = ours !== undefined && isAfter(ours.lastSeenAt);

  if (!isAfter(last.lastSeenAt)) return unverified("no notification since it was registered");
  if (last.registration === own) {
    const retired = headerSets.filter(({ replacedAt }) => replacedAt !== null);
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
  const isNew = isSeen && isAfter(last.firstSeenAt);
  if (!isNew && !isLate) {
    return unverified("the last notification may have been sent before it was registered");
  }
  const lastOfOurs = registrations.find(isOurs);
  const returnedAt = ours?.returnedAt;
  const isAgain =
    // Overwritten before it was registered,
    (lastOfOurs?.replacedAt && !isAfter(lastOfOurs.replacedAt)) ||
    // or before a notification carried it again.
    (returnedAt &&
      registrations.some((one) => !isOurs(one) && isBefore(one.firstSeenAt, returnedAt)));
  return {
    verdict: isAgain ? "contested" : "drifted",
    reason: `VCC has used ${describeOther(last, former)} since ${last.returnedAt ?? last.firstSeenAt}`,
  };
}

function isBefore(a: string, b: string): boolean {
  return Date.parse(a) < Date.parse(b);
}

function unverified(reason: string): Judgement {
  return { verdict: "unverified", reason };
}

function describeOther({ registration }: Sighting, former: string | undefined): string {
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
