import * as z from "zod/mini";
import { toDotPath } from "zod/v4/core";
import { witnessPath as defaultWitnessPath } from "../provider/witness/witness";
import { isNamed } from "./header-sets";
import type { ReceiverOptions } from "./options";

const cannotBeReceived =
  "is empty or cannot be received. Is its environment variable set, and without a line break?";

const notAnObject = "must be an object of header names and values";

/** Refuses a set that would match every request or none. */
const HeaderSet = z.record(z.string(), z.unknown(), notAnObject).check(({ value, issues }) => {
  const names = Object.keys(value);
  const report = (message: string, path: string[] = []) =>
    issues.push({ code: "custom", input: undefined, path, message });
  if (names.length === 0) report("has no header");
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    report("has names that differ only by case");
  }
  for (const name of names) {
    if (!canBeReceived(name, value[name])) report(cannotBeReceived, [name]);
  }
});

const NamedHeaderSets = z.record(z.string(), HeaderSet, notAnObject).check(
  z.refine((sets) => Object.keys(sets).length <= 16, "must be at most 16 sets"),
  // Evidence contains the names.
  z.refine(
    (sets) => Object.keys(sets).every((name) => /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(name)),
    "names of sets must have 1 to 100 visible characters",
  ),
);

const AcceptedHeaders = z.unknown().check(({ value, issues }) => {
  // Records skip this name, so that its set would not be validated.
  if (Object.hasOwn(Object(value), "__proto__")) {
    issues.push({ code: "custom", input: undefined, message: "must not contain __proto__" });
  }
  const { error } = (isNamed(value) ? NamedHeaderSets : HeaderSet).safeParse(value);
  for (const issue of error?.issues ?? []) issues.push({ ...issue, input: undefined });
});

const Callback = z.custom((value) => typeof value === "function", "must be a function");

const storeProblem =
  "must have the functions claim, complete and release, and both loadEvidence and saveEvidence or neither";
const pathProblem =
  'must be the path of a URL, like "/vcc": it begins with "/", does not end with it, and has no host, query, fragment or character that URLs encode';
const Path = z.string(pathProblem).check(z.refine(isPath, pathProblem));

const Options = z
  .strictObject(
    {
      headers: AcceptedHeaders,
      onNotification: Callback,
      onOther: z.optional(Callback),
      onError: z.optional(Callback),
      store: z.optional(z.custom(isStore, storeProblem)),
      path: z.optional(Path),
      maxBodyBytes: z.optional(wholeNumberFrom(1)),
      respondAfterMs: z.optional(wholeNumberFrom(0)),
      witnessToken: z.optional(
        z.custom((token) => canBeReceived("Authorization", token), cannotBeReceived),
      ),
      witnessPath: z.optional(Path),
      provider: z.optional(
        z.string("must be the registered name").check(z.minLength(1, "is empty")),
      ),
      now: z.optional(
        z.custom(isClock, "must be a function that returns milliseconds since the epoch"),
      ),
    } satisfies Record<keyof ReceiverOptions, z.ZodMiniType>,
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? `createReceiver has no option ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`
          : "must be an object",
    },
  )
  .check(
    z.refine(({ path, witnessPath = defaultWitnessPath }) => path !== witnessPath, {
      path: ["path"],
      error: "must differ from witnessPath",
    }),
  );

/**
 * @param caller where the stack of the error begins
 * @throws TypeError that names all invalid options, and quotes no value
 */
export function validateOptions(options: unknown, caller: (options: never) => unknown): void {
  const { error } = Options.safeParse(options);
  if (error === undefined) return;
  const problems = error.issues.map(
    ({ path, message }) => `${toDotPath(path) || "options"}: ${message}`,
  );
  const invalid = new TypeError(problems.join("; "));
  Error.captureStackTrace(invalid, caller);
  throw invalid;
}

/** Up to the longest time that timers support. */
function wholeNumberFrom(least: number) {
  const most = 2 ** 31 - 1;
  const problem = `must be a whole number from ${least} to ${most}`;
  return z.int(problem).check(z.minimum(least, problem), z.maximum(most, problem));
}

/** Whether the path of a request can be equal to it. */
function isPath(value: string): boolean {
  const base = "http://localhost";
  const isNormal = URL.canParse(value, base) && new URL(value, base).pathname === value;
  return isNormal && (value === "/" || !value.endsWith("/"));
}

function isClock(now: unknown): boolean {
  return typeof now === "function" && !Number.isNaN(new Date(now()).getTime());
}

function isStore(value: unknown): boolean {
  const { claim, complete, release, loadEvidence, saveEvidence } = Object(value);
  const optional = [loadEvidence, saveEvidence].filter((member) => member !== undefined);
  const members = [claim, complete, release, ...optional];
  return members.every((member) => typeof member === "function") && optional.length !== 1;
}

/**
 * Whether a request can have this value. HTTP removes whitespace around a value. A template turns a missing variable
 * into text like `Bearer undefined`, which anybody could guess.
 */
function canBeReceived(header: string, value: unknown): boolean {
  try {
    return (
      typeof value === "string" &&
      value !== "" &&
      !/(^|\s)(undefined|null|NaN|\[object \w+\])$/.test(value) &&
      new Headers([[header, value]]).get(header) === value
    );
  } catch {
    return false;
  }
}
