import type { ComparedRegistration } from "./classes";
import { isFuture, lacksReassertEvery } from "./classify";

/** What the class of a registration is based on, for people. */
export function describeEvidence(registration: ComparedRegistration, nowMs: number): string {
  const { interrupted, operation, unreached, unknownSince, drift, evidence } = registration;
  const { registeredAt, verifiedAt, window, recordedWindow, rivals = [], ignored } = registration;
  const { adopted, unresolved = [] } = registration;
  if (interrupted !== undefined) {
    const isGone = operation === undefined && unreached === undefined;
    return `interrupted while ${interrupted}${isGone ? ", no longer declared" : ""}`;
  }
  const unregistered = adopted ? "adopted, never registered here" : "declared only";
  const registered = registeredAt === undefined ? unregistered : `registered ${registeredAt}`;
  const facts = [
    drift ? withoutVerdict(drift) : registered,
    unknownSince && `unknown at ${unknownSince}, and not registered since`,
    isFuture(registeredAt, nowMs) && "in the future: check the clocks",
    Date.parse(window ?? "") > nowMs && `for the window ${window}`,
    lacksReassertEvery(registration) &&
      `for the window ${recordedWindow} of a reassertEvery that this run does not set`,
    rivals.length > 0 && `also declared by ${rivals.join(" and ")}`,
    unresolved.length > 0 && `not set here: ${unresolved.join(", ")}`,
    ignored.length > 0 && `changes ignored: ${ignored.join(", ")}`,
    verifiedAt && `seen in use ${verifiedAt}`,
    evidence && evidence !== drift && withoutVerdict(evidence),
  ];
  return facts.filter(Boolean).join(", ");
}

/** The class says the verdict, except for *unverified*, which is a class only on demand. */
function withoutVerdict(text: string): string {
  return text.replace(/^(verified|rotating|drifted|contested)(: |$)/, "");
}
