import fc from "fast-check";
import type { Fault } from "../../emulator";
import {
  accountNames,
  clients,
  configurableNames,
  type Declaration,
  type Edit,
  regions,
} from "./program";

// What a model does: changes to the program, and operations of the engine.

export interface Operation {
  run: "up" | "refresh" | "destroy";
  /** The only resources that the engine looks at. @default all */
  targets?: readonly string[] | undefined;
  /**
   * The engine checks the next resource while steps of earlier ones run: either they end before, or
   * they start after all checks.
   */
  steps: "between checks" | "after checks";
  /** Applies to requests to Register, after the first ones. */
  fault?: { name: FaultName; after: number } | undefined;
  /** In the model engine: the creates, updates and deletes after which everything is killed. */
  crashAfter?: number | undefined;
  /** With the real engine: what is killed, and when. */
  kill?: Kill;
}

export interface Kill {
  victim: "engine" | "provider" | "both";
  /** The number of requests to Register that arrive before. */
  afterRequests: number;
  /** Then, a time in milliseconds. */
  delayMs: number;
}

export type Step = Edit | Operation;

export const cleanUp: Operation = { run: "up", steps: "after checks" };
export const cleanDestroy: Operation = { run: "destroy", steps: "after checks" };

/**
 * `npm test` takes the same steps each time, so that a failure is due to a change. `npm run
 * test:soak` looks for others.
 */
export const modelSeed = Number(process.env.PULUMI_VCC_MODEL_SEED ?? 1);

/** More than any operation requests. */
const always = 1000;

export const faults = {
  "a refusal": { fault: { kind: "status", status: 400 }, times: 1 },
  "a lost response": { fault: { kind: "lost-response" }, times: 1 },
  "only lost responses": { fault: { kind: "lost-response" }, times: always },
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
/** Those after which a client ends, or recovers, at once. */
export const shortFaults: FaultName[] = ["a refusal", "a lost response", "a reset", "a long 429"];

// Few enough to meet often.
const resources = ["a", "b", "c", "d"];
const resource = fc.constantFrom(...resources);
const index = fc.nat(resources.length - 1);
const provider = fc.constantFrom("Caf\u00e9", "Cafe\u0301", "Desk", "CAF\u00c9");
const configurable = fc.constantFrom(...configurableNames);
const account = fc.constantFrom(...accountNames);
const client = fc.constantFrom(...clients);
const region = fc.constantFrom(...regions);
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
  { arbitrary: edit("declare", { resource, declaration, first: fc.boolean() }), weight: 3 },
  { arbitrary: edit("remove", { index }), weight: 2 },
  { arbitrary: edit("rename resource", { index, to: resource }), weight: 4 },
  { arbitrary: edit("rename provider", { index, to: provider }), weight: 3 },
  { arbitrary: edit("swap names", { index, with: index }), weight: 3 },
  { arbitrary: edit("change case", { index }), weight: 3 },
  { arbitrary: edit("rotate header", { index, version }), weight: 2 },
  { arbitrary: edit("change permissions", { index }), weight: 1 },
  { arbitrary: edit("move to account", { index, to: account }), weight: 4 },
  { arbitrary: edit("swap accounts", { index, with: index }), weight: 3 },
  { arbitrary: edit("ignore headers", { index }), weight: 1 },
  { arbitrary: edit("retain on delete", { index }), weight: 1 },
  { arbitrary: edit("move account to region", { account, to: region }), weight: 1 },
  { arbitrary: edit("change client of account", { account, to: client }), weight: 2 },
  {
    arbitrary: edit("add account", {
      account: configurable,
      settings: fc.record({ client, region }),
    }),
    weight: 1,
  },
  { arbitrary: edit("equate account", { account: configurable, with: account }), weight: 2 },
  { arbitrary: edit("rename account", { account: configurable, to: configurable }), weight: 2 },
  {
    arbitrary: edit("remove account", {
      account: configurable,
      to: fc.option(account, { nil: undefined }),
    }),
    weight: 1,
  },
);

export interface StepOptions {
  faults: readonly FaultName[];
  /** Whether processes are killed. */
  crashes: boolean;
  /** The highest number of operations. */
  operations: number;
  /** The number of changes before each, of which not all are possible. */
  edits: { minLength: number; maxLength: number };
}

function operation({ faults, crashes }: StepOptions): fc.Arbitrary<Operation> {
  const fault = fc.record({ name: fc.constantFrom(...faults), after: fc.constantFrom(0, 0, 1) });
  return fc.record({
    run: fc.constantFrom("up", "up", "up", "up", "up", "up", "up", "refresh", "destroy"),
    targets: oneIn(8, fc.subarray(resources, { minLength: 1, maxLength: 2 })),
    steps: fc.constantFrom("between checks", "after checks"),
    fault: oneIn(4, fault),
    crashAfter: crashes ? oneIn(4, fc.integer({ min: 1, max: 3 })) : fc.constant(undefined),
  });
}

function oneIn<Value>(times: number, arbitrary: fc.Arbitrary<Value>) {
  return fc.oneof(
    { arbitrary: fc.constant(undefined), weight: times - 1 },
    { arbitrary, weight: 1 },
  );
}

/** A program of some registrations, and then changes and operations by turns. */
export function steps(options: StepOptions): fc.Arbitrary<Step[]> {
  const begin = fc.array(edit("declare", { resource, declaration, first: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
    size: "max",
  });
  const round = fc.tuple(
    fc.array(edits, { ...options.edits, size: "max" }),
    operation(options).map((step) => [step]),
  );
  const rounds = fc.array(round, { minLength: 1, maxLength: options.operations, size: "max" });
  return fc
    .tuple(begin, rounds)
    .map(([declarations, changes]) => [...declarations, cleanUp, ...changes.flat(2)]);
}

const kill = (victim: Kill["victim"]): fc.Arbitrary<Kill> =>
  fc.oneof(
    // While the program runs, and the first request.
    fc.record({
      victim: fc.constant(victim),
      afterRequests: fc.constant(0),
      delayMs: fc.nat(1500),
    }),
    fc.record({
      victim: fc.constant(victim),
      afterRequests: fc.integer({ min: 1, max: 4 }),
      delayMs: fc.nat(200),
    }),
  );

/** A change to all registrations, during which something is killed, and what follows. */
export function killSteps(victim: Kill["victim"], round: number): fc.Arbitrary<Step[]> {
  const rotations = resources.map((_, index) => ({
    edit: "rotate header" as const,
    index,
    version: 1 + (round % 3),
  }));
  const run = fc.constantFrom("up", "up", "up", "up", "destroy") as fc.Arbitrary<"up" | "destroy">;
  return fc
    .record({
      declarations: fc.array(edit("declare", { resource, declaration, first: fc.boolean() }), {
        minLength: 4,
        size: "max",
        maxLength: 6,
      }),
      changes: fc.array(edits, { maxLength: 3 }),
      killed: fc.record({ run, kill: kill(victim) }),
      meanwhile: fc.oneof(fc.constant([]), fc.array(edits, { maxLength: 3 })),
      next: run,
    })
    .map(({ declarations, changes, killed, meanwhile, next }) => [
      ...declarations,
      ...(round === 0 ? [cleanUp] : []),
      ...changes,
      ...rotations,
      { ...killed, steps: "after checks" },
      ...meanwhile,
      { run: next, steps: "after checks" },
    ]);
}

/** One line, for the program that a failure prints. */
export function describeStep(step: Step): string {
  const { run, edit: name, ...details } = step as Partial<Operation> & { edit?: string };
  const known = Object.entries(details).filter(([, value]) => value !== undefined);
  return `${run ?? name} ${JSON.stringify(Object.fromEntries(known))}`;
}
