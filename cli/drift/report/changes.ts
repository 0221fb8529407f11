import { type DriftClass, isGood } from "./classes";
import type { Change, DriftReport } from "./schema";
import { registrationName, stackTitle } from "./wording";

/**
 * Compares two reports. A registration that is new and in sync is no change, nor is one that was in
 * sync and is gone.
 *
 * @param earlier `null` before the first report
 */
export function changesSince(earlier: DriftReport | null, report: DriftReport): Change[] {
  const before = factsOf(earlier);
  const after = factsOf(report);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [old, current] = [before.get(key), after.get(key)];
    const subject = current ?? old;
    const [was, is] = [old?.state ?? null, current?.state ?? null];
    if (subject === undefined || was === is || (isUnremarkable(was) && isUnremarkable(is))) {
      return [];
    }
    const { stack, urn, provider } = subject;
    return [{ stack, urn, provider, before: was, after: is }];
  });
}

/** The class of a registration; for a stack, `checked` or `check failed`. */
type State = DriftClass | "checked";

interface Fact extends Pick<Change, "stack" | "urn" | "provider"> {
  state: State;
}

function isUnremarkable(state: State | null): boolean {
  return state === null || state === "checked" || isGood(state);
}

function factsOf(report: DriftReport | null): Map<string, Fact> {
  const facts = (report?.stacks ?? []).flatMap((one): Fact[] => {
    const stack = stackTitle(one);
    const state = one.error === null ? "checked" : "check failed";
    return [
      { stack, urn: null, provider: null, state },
      ...one.registrations.map((registration) => ({
        stack,
        urn: registration.urn,
        provider: registrationName(registration),
        state: registration.class,
      })),
    ];
  });
  // A resource that was replaced, but not reset, shares its URN with the next one.
  return new Map(
    facts.map((fact) => [JSON.stringify([fact.stack, fact.urn, fact.provider]), fact]),
  );
}
