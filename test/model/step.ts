import fc from "fast-check";
import type { Fault } from "../../emulator";
import { accountNames, clients, type Declaration, type Edit, regions } from "./program";

// What a model does: changes to the program, and operations of the engine.

export interface Operation {
  run: "up" | "refresh" | "destroy";
  /** The only resources that the engine looks at. @default all */
  targets?: string[] | undefined;
  /**
   * The engine checks the next resource while steps of earlier ones run: either they end before, or
   * they start after all checks.
   */
  steps: "between checks" | "after checks";
  /** Applies to requests to Register, after the first ones. */
  fault?: { name: FaultName; after: number } | undefined;
  /** The number of creates, updates and deletes after which everything is killed. */
  crashAfter?: number | undefined;
}

export type Step = Edit | Operation;

/** More than any operation requests. */
const always = 1000;

export const faults = {
  "a refusal": { fault: { kind: "status", status: 400 }, times: 1 },
  "a lost response": { fault: { kind: "lost-answer" }, times: 1 },
  "only lost responses": { fault: { kind: "lost-answer" }, times: always },
  "a reset": { fault: { kind: "reset" }, times: 1 },
  "only resets": { fault: { kind: "reset" }, times: always },
  "a 429": { fault: { kind: "status", status: 429, headers: { "retry-after": "1" } }, times: 1 },
  "a long 429": {
    fault: { kind: "status", status: 429, headers: { "retry-after": "3600" } },
    times: always,
  },
  "only 503": { fault: { kind: "status", status: 503 }, times: always },
} satisfies Record<string, { fault: Fault; times: number }>;

export type FaultName = keyof typeof faults;
/** Those from which a client recovers at once. */
export const shortFaults: FaultName[] = ["a refusal", "a lost response", "a reset"];

const resource = fc.constantFrom("a", "b", "c", "d");
const provider = fc.constantFrom("Crm", "CRM", "Desk", "Chat");
const account = fc.constantFrom(...accountNames);
const version = fc.integer({ min: 1, max: 3 });

const declaration: fc.Arbitrary<Declaration> = fc.record({
  account,
  provider,
  version,
  hold: fc.boolean(),
  ignoreHeaders: fc.constant(false),
  retainOnDelete: fc.constant(false),
});

function edit<const Name extends Edit["edit"]>(
  name: Name,
  fields: {
    [Key in Exclude<keyof Extract<Edit, { edit: Name }>, "edit">]: fc.Arbitrary<
      Extract<Edit, { edit: Name }>[Key]
    >;
  },
): fc.Arbitrary<Edit> {
  return fc.record({ edit: fc.constant(name), ...fields }) as fc.Arbitrary<never>;
}

const edits: fc.Arbitrary<Edit> = fc.oneof(
  { arbitrary: edit("declare", { resource, declaration }), weight: 5 },
  { arbitrary: edit("remove", { resource }), weight: 2 },
  { arbitrary: edit("rename resource", { resource, to: resource }), weight: 2 },
  { arbitrary: edit("rename provider", { resource, to: provider }), weight: 2 },
  { arbitrary: edit("swap names", { resource, with: resource }), weight: 2 },
  { arbitrary: edit("change case", { resource }), weight: 2 },
  { arbitrary: edit("rotate header", { resource, version }), weight: 2 },
  { arbitrary: edit("change permissions", { resource }), weight: 1 },
  { arbitrary: edit("move to account", { resource, to: account }), weight: 3 },
  { arbitrary: edit("ignore headers", { resource }), weight: 1 },
  { arbitrary: edit("retain on delete", { resource }), weight: 1 },
  {
    arbitrary: edit("move account to region", { account, to: fc.constantFrom(...regions) }),
    weight: 1,
  },
  {
    arbitrary: edit("change client of account", { account, to: fc.constantFrom(...clients) }),
    weight: 1,
  },
);

/** @param options.crashes whether processes are killed */
function operations(names: readonly FaultName[], options: { crashes: boolean }) {
  const fault = fc.record({ name: fc.constantFrom(...names), after: fc.nat(3) });
  return fc.record({
    run: fc.constantFrom("up", "up", "up", "up", "up", "refresh", "destroy"),
    targets: fc.option(fc.subarray(["a", "b", "c", "d"], { minLength: 1, maxLength: 2 }), {
      freq: 6,
      nil: undefined,
    }),
    steps: fc.constantFrom("between checks", "after checks"),
    fault: fc.option(fault, { freq: 2, nil: undefined }),
    crashAfter: options.crashes
      ? fc.option(fc.integer({ min: 1, max: 4 }), { freq: 4, nil: undefined })
      : fc.constant(undefined),
  }) as fc.Arbitrary<Operation>;
}

export function steps(
  names: readonly FaultName[],
  options: { crashes: boolean; maxLength: number },
): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof({ arbitrary: edits, weight: 3 }, { arbitrary: operations(names, options), weight: 2 }),
    { minLength: 1, maxLength: options.maxLength, size: "max" },
  );
}

/** One line, for the program that a failure prints. */
export function describeStep(step: Step): string {
  const { run, edit: name, ...details } = step as Partial<Operation> & { edit?: string };
  const known = Object.entries(details).filter(([, value]) => value !== undefined);
  return `${run ?? name} ${JSON.stringify(Object.fromEntries(known))}`;
}
