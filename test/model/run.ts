import type { Engine, StateEntry } from "./engine";
import { createLedger } from "./ledger";
import { applyEdit, emptyProgram, type Program } from "./program";
import { cleanDestroy, cleanUp, describeStep, faults, type Operation, type Step } from "./step";
import type { Post, Vcc } from "./vcc";

/** A `destroy` without the client of a registration fails rather than lose it. */
const refusal =
  /Destroy with that client and URL|its account is not configured\. Configure the account/;

export interface RunOptions {
  /** Whether VCC distinguishes names by case. @default "sensitive" */
  nameCase?: "sensitive" | "insensitive";
  /** Whether each successful `up` is repeated, and must then send nothing. @default false */
  repeatsUp?: boolean;
}

/** Takes steps one by one, and throws what is wrong after one, with all steps until then. */
export interface Run {
  /** Returns whether the step was possible. */
  take(step: Step): Promise<boolean>;
  /** Ends as every user may: `up`, `up` again, `destroy`. Returns the number of all steps. */
  finish(): Promise<number>;
  /** The number of operations that were killed. */
  crashes(): number;
}

export function createRun(
  vcc: Vcc,
  engine: Engine,
  { nameCase = "sensitive", repeatsUp = false }: RunOptions = {},
): Run {
  vcc.reset();
  for (const emulator of vcc.all) emulator.behavior.nameCase = nameCase;
  const ledger = createLedger();
  const history: string[] = [];
  let program = emptyProgram;
  let state: StateEntry[] = [];
  let taken = 0;
  let crashes = 0;
  /** Whether, since the last successful full `up`, only the names of accounts have changed. */
  let isOnlyRenamed = false;

  /** Returns how many requests took effect, `undefined` if the operation failed. */
  async function operate(operation: Operation): Promise<number | undefined> {
    history.push(describeStep(operation));
    const late = vcc.takePosts();
    if (late.length > 0) fail(`after the operation had ended, ${describePosts(late)} was sent`);
    injectFault(operation);
    const outcome = await engine.run(operation, program);
    for (const emulator of vcc.all) emulator.clearFaults();
    const before = state;
    state = await engine.state();
    const posts = vcc.takePosts();
    history.push(
      `  -> ${outcome.error ?? "succeeded"}; sent ${describePosts(posts)}`,
      ...outcome.output
        .split("\n")
        .filter(Boolean)
        .map((line) => `     ${line}`),
    );
    const held = vcc.held();
    const problems = ledger.problemsOf({
      operation,
      program,
      outcome,
      before,
      after: state,
      posts,
      held,
    });
    if (outcome.error !== undefined && !mayFail(operation) && !refusal.test(outcome.error)) {
      problems.push("a faultless operation failed");
    }
    if (problems.length > 0) fail(problems.join("\n"));
    taken += 1;
    if (outcome.crashed) crashes += 1;
    return outcome.error === undefined ? posts.length : undefined;
  }

  function fail(problem: string): never {
    throw new Error([problem, "", ...history].join("\n"));
  }

  /** A repeated `up` finds nothing to do. */
  async function repeatUp() {
    if ((await operate(cleanUp)) !== 0) fail("a second up sent something");
  }

  function injectFault({ fault }: Operation) {
    if (fault === undefined) return;
    const { name, after } = fault;
    for (const emulator of vcc.all) {
      if (after > 0) {
        emulator.fail({ target: "register", times: after, fault: { kind: "slow", ms: 0 } });
      }
      emulator.fail({ target: "register", ...faults[name] });
    }
  }

  return {
    async take(step) {
      if ("edit" in step) {
        const edited = applyEdit(program, step);
        if (edited === undefined) return false;
        history.push(describeStep(step), `  ${JSON.stringify(edited.resources)}`);
        program = edited;
        isOnlyRenamed &&= step.edit === "rename account";
        taken += 1;
        return true;
      }
      if (!isSafe(step, state)) return false;
      const sent = await operate(step);
      const isFullUp = step.run === "up" && step.targets === undefined;
      if (isOnlyRenamed && step.run === "up" && sent) fail("a renamed account sent something");
      isOnlyRenamed = (isOnlyRenamed && step.run !== "destroy") || (isFullUp && sent !== undefined);
      if (repeatsUp && sent && isFullUp) await repeatUp();
      return true;
    },
    async finish() {
      if ((await operate(cleanUp)) === undefined) {
        // Only a destroy may refuse, so the default account declares something.
        program = withKeeper(program);
        if ((await operate(cleanUp)) === undefined) fail("the up failed");
      }
      await repeatUp();
      if ((await operate(cleanDestroy)) === undefined) fail("the destroy failed");
      return taken;
    },
    crashes: () => crashes,
  };
}

function describePosts(posts: readonly Post[]): string {
  const descriptions = posts.map(
    ({ place, settings }) => `${place} ${settings.headers?.Authorization ?? "reset"}`,
  );
  return descriptions.join(", ") || "nothing";
}

function mayFail({ fault, crashAfter, kill, targets }: Operation): boolean {
  return [fault, crashAfter, kill, targets].some((cause) => cause !== undefined);
}

/**
 * With targets, the engine shows pulumi-vcc only those: `docs/how-it-works.md` says not to use them
 * while two resources have a name.
 */
function isSafe({ targets }: Operation, state: readonly StateEntry[]): boolean {
  if (targets === undefined) return true;
  const places = state.map(({ place }) => place.normalize("NFC").toLowerCase());
  return new Set(places).size === places.length;
}

function withKeeper(program: Program): Program {
  const keeper = {
    account: "default",
    provider: "Keeper",
    version: 1,
    hold: false,
    ignoreHeaders: false,
    retainOnDelete: false,
  } as const;
  return { ...program, resources: { ...program.resources, keeper } };
}
