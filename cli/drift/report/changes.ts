import type { Change, DriftReport } from "./report";
import { registrationName, stackTitle } from "./wording";

const good = ["in sync", "verified", "checked"];

/**
 * Compares two reports. A registration that is new and in sync is no change, nor is one that was in
 * sync and is gone.
 *
 * @param earlier `undefined` before the first report
 */
export function changesSince(earlier: DriftReport | undefined, report: DriftReport): Change[] {
  const before = factsOf(earlier);
  const after = factsOf(report);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [old, current] = [before.get(key), after.get(key)];
    const subject = current ?? old;
    const [was, is] = [old?.state ?? null, current?.state ?? null];
    const isNews =
      was !== is && !(good.includes(was ?? "in sync") && good.includes(is ?? "in sync"));
    if (subject === undefined || !isNews) return [];
    const { stack, urn, provider } = subject;
    return [{ stack, urn, provider, before: was, after: is }];
  });
}

interface Fact {
  stack: string;
  urn: string | null;
  provider: string | null;
  state: string;
}

function factsOf(report: DriftReport | undefined): Map<string, Fact> {
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
