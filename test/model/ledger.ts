import type { ProviderSettings } from "../../emulator";
import type { Outcome, StateEntry } from "./engine";
import { accountOf, argumentsOf, isReset, type Program, placeOf, settingsOf } from "./program";
import type { Operation } from "./step";
import type { Post } from "./vcc";

/** An operation, and everything that could be observed of it. */
interface Observation {
  operation: Operation;
  program: Program;
  outcome: Outcome;
  before: StateEntry[];
  after: StateEntry[];
  posts: Post[];
  held: Map<string, ProviderSettings>;
}

/** Compares what operations did with what the programs declare. */
export interface Ledger {
  /** Returns what is wrong, one sentence each. */
  problemsOf(observation: Observation): string[];
}

const leftBehind =
  /is not reset: (?!another resource may)|another API client or through another URL/;

export function createLedger(): Ledger {
  /** Places that nothing resets any more, as the user was told or has asked for. */
  const abandoned = new Set<string>();
  /**
   * Places of which the state may know too little: after a crash, an unacknowledged reset, or a
   * failure while the state contains two resources of one name, see `docs/how-it-works.md`.
   */
  const uncertain = new Set<string>();

  return {
    problemsOf({ operation, program, outcome, before, after, posts, held }) {
      const problems: string[] = [];
      const expect = (fact: boolean, problem: string) => fact || problems.push(problem);
      const full = operation.targets === undefined;
      const succeeded = outcome.error === undefined;
      const declared = operation.run === "destroy" ? new Map() : declaredBy(program, before);
      const logged = outcome.output.split("\n").filter((line) => leftBehind.test(line));
      for (const { place } of posts) {
        abandoned.delete(place);
        uncertain.delete(place);
      }

      for (const { place, settings } of posts) {
        if (isReset(settings)) {
          if (full) expect(!declared.has(place), `${place} is declared, but was reset`);
          const known = before.some((entry) => entry.place === place);
          expect(known, `${place} was reset, but the state did not contain it`);
        } else {
          const expected = declared.get(place)?.settings;
          expect(isEqual(settings, expected), `${place} was registered differently than declared`);
        }
      }
      if (operation.run === "refresh") expect(posts.length === 0, "a refresh sent something");

      for (const entry of before) {
        const { place, account, label, retainOnDelete, deleted } = entry;
        const isInState = after.some((other) => other.place === place);
        // Its declaration may be of a resource that is not a target, and then nothing registers it.
        if (declared.has(place) && isInState) continue;
        const isNamed = logged.some((line) => namesExactly(line, label));
        if (isNamed || retainOnDelete) abandoned.add(place);
        // Its last words may be lost.
        if (outcome.crashed && !isInState) abandoned.add(place);
        if (operation.run === "refresh" || !full || !succeeded || deleted) continue;
        const isConfigured = account === undefined || account in program.accounts;
        if (operation.run === "destroy" && !retainOnDelete) {
          expect(isConfigured, `${place} was destroyed without its account`);
        }
        const sent = posts.filter((post) => post.place === place && post.acknowledged);
        const entries = before.filter((other) => other.place === place).length;
        expect(sent.length <= entries, `${place} was reset ${sent.length} times`);
        expect(
          sent.length > 0 || isNamed || abandoned.has(place),
          `${place} is no longer declared, but was neither reset nor named`,
        );
      }

      const unacknowledgedReset = /run pulumi destroy again/.test(outcome.error ?? "");
      for (const { place, settings } of posts) {
        const entries = after.filter((entry) => entry.place === place);
        const isLast = held.get(place) !== undefined && isEqual(held.get(place), settings);
        // Of two resources with one name, the state does not say which one registered last.
        const isDisputed = entries.some(
          (entry) => !entry.drifted && !isEqual(entry.settings, settings),
        );
        if (isLast && isDisputed && !succeeded) uncertain.add(place);
        if (!isLast || isRecorded(settings, entries)) continue;
        const isShared = before.filter((entry) => entry.place === place).length > 1;
        const isHalfDeleted = isReset(settings) && isShared && !succeeded;
        if (outcome.crashed || unacknowledgedReset || isHalfDeleted) uncertain.add(place);
        else if (!isReset(settings)) problems.push(`the state does not record ${place}`);
        else if (entries.length > 0)
          problems.push(`the state does not record the reset of ${place}`);
      }

      if (operation.run !== "refresh" && full && succeeded) {
        for (const [place, { settings, resource }] of declared) {
          if (isEqual(held.get(place), settings)) continue;
          // The state says that nothing has changed, so no later operation can know of it.
          const unnoticed = before.some(
            (entry) =>
              entry.resource === resource &&
              entry.place === place &&
              isEqual(entry.settings, settings) &&
              !entry.drifted,
          );
          if (uncertain.has(place) && unnoticed) continue;
          problems.push(`${place} is declared, but VCC does not hold it as declared`);
        }
        for (const [place, settings] of held) {
          const excused = isReset(settings) || abandoned.has(place) || uncertain.has(place);
          expect(declared.has(place) || excused, `${place} is not declared, but VCC holds it`);
        }
        const resources = after.map(({ resource }) => resource).sort();
        const expected = [...declared.values()].map(({ resource }) => resource).sort();
        expect(isEqual(resources, expected), `the state contains ${resources}, not ${expected}`);
      }
      return problems;
    },
  };
}

/** Whether the state says what VCC holds, or that it may hold something else. */
function isRecorded(settings: ProviderSettings, entries: readonly StateEntry[]): boolean {
  if (isReset(settings)) return entries.every(({ deleted, drifted }) => deleted || drifted);
  return entries.some((entry) => entry.drifted || isEqual(entry.settings, settings));
}

/** What VCC holds of a program after `up`, by place. */
function declaredBy(
  program: Program,
  before: readonly StateEntry[],
): Map<string, { resource: string; settings: ProviderSettings }> {
  return new Map(
    Object.entries(program.resources).map(([resource, declaration]) => {
      const account = accountOf(program, declaration.account);
      const place = placeOf(account, declaration.provider);
      const settings = settingsOf(declaration);
      const old = before.find((entry) => entry.resource === resource && !entry.replaced);
      const { account: accountName } = argumentsOf(declaration);
      const replaced =
        old === undefined ||
        old.deleted ||
        !old.label.startsWith(`${JSON.stringify(declaration.provider)} in ${account.region}`) ||
        // Another name of the same account is no other account.
        (old.account !== accountName && old.place !== place);
      // The engine takes ignored properties from the state, unless it replaces the resource.
      const headers =
        declaration.ignoreHeaders && !replaced ? old.settings.headers : settings.headers;
      return [
        place,
        { resource, settings: { ...settings, ...(headers !== undefined && { headers }) } },
      ];
    }),
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The label without an account also begins the labels of that name in named accounts. */
function namesExactly(line: string, label: string): boolean {
  return line.includes(label) && !line.includes(`${label} (account `);
}
