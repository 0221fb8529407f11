import type { Engine } from "./engine";
import { createLedger } from "./ledger";
import { applyEdit, emptyProgram, type Program } from "./program";
import { cleanDestroy, cleanUp, describeStep, faults, type Operation, type Step } from "./step";
import type { Vcc } from "./vcc";

/** A `destroy` with another client fails rather than lose a registration. */
const refusal = /Destroy with that client and URL/;

/**
 * Takes all steps, and then ends as every user may: `up`, `up` again, `destroy`.
 *
 * @param options.nameCase whether VCC distinguishes names by case
 * @returns the number of steps that were possible
 * @throws what is wrong, and all steps until then
 */
export async function runSteps(
  steps: readonly Step[],
  vcc: Vcc,
  engine: Engine,
  { nameCase }: { nameCase: "sensitive" | "insensitive" },
): Promise<number> {
  vcc.reset();
  for (const emulator of vcc.all) emulator.behaviour.nameCase = nameCase;
  const ledger = createLedger();
  const history: string[] = [];
  let program = emptyProgram;

  /** Returns how many requests took effect, `undefined` if the operation failed. */
  async function operate(operation: Operation): Promise<number | undefined> {
    history.push(describeStep(operation));
    const before = await engine.state();
    injectFault(operation);
    const outcome = await engine.run(operation, program);
    for (const emulator of vcc.all) emulator.clearFaults();
    const after = await engine.state();
    const posts = vcc.takePosts();
    history.push(
      `  -> ${outcome.error ?? "succeeded"}; sent ${posts.map(({ place, settings }) => `${place} ${settings.headers?.Authorization ?? "reset"}`).join(", ") || "nothing"}`,
      ...outcome.output
        .split("\n")
        .filter(Boolean)
        .map((line) => `     ${line}`),
    );
    const problems = ledger.problemsOf({
      operation,
      program,
      outcome,
      before,
      after,
      posts,
      held: vcc.held(),
    });
    const { fault, crashAfter, targets } = operation;
    const mayFail = fault !== undefined || crashAfter !== undefined || targets !== undefined;
    if (outcome.error !== undefined && !mayFail && !refusal.test(outcome.error)) {
      problems.push("a faultless operation failed");
    }
    if (problems.length > 0) fail(problems.join("\n"));
    return outcome.error === undefined ? posts.length : undefined;
  }

  /** A repeated `up` finds nothing to do. */
  async function settle() {
    if ((await operate(cleanUp)) !== 0) fail("a second up sent something");
  }

  function fail(problem: string): never {
    throw new Error([problem, "", ...history].join("\n"));
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

  let taken = 0;
  for (const step of steps) {
    if ("edit" in step) {
      const edited = applyEdit(program, step);
      if (edited === undefined) continue;
      history.push(describeStep(step), `  ${JSON.stringify(edited.resources)}`);
      program = edited;
    } else if (await isSafe(step, engine)) {
      const sent = await operate(step);
      if (sent && step.run === "up" && step.targets === undefined) await settle();
    } else continue;
    taken += 1;
  }
  if ((await operate(cleanUp)) === undefined) {
    // Only a destroy may refuse, so the default account declares something.
    program = withKeeper(program);
    if ((await operate(cleanUp)) === undefined) fail("the up failed");
  }
  await settle();
  if ((await operate(cleanDestroy)) === undefined) fail("the destroy failed");
  return taken + 3;
}

/**
 * With targets, the engine shows pulumi-vcc only those: `docs/lifecycle.md` says not to use them
 * while two resources have a name.
 */
async function isSafe({ targets }: Operation, engine: Engine): Promise<boolean> {
  if (targets === undefined) return true;
  const places = (await engine.state()).map(({ place }) => place.toLowerCase());
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
