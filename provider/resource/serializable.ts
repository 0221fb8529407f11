import * as pulumi from "@pulumi/pulumi";
import { isPlainObject } from "../plain-object";
import { isUnknown, signatureKey } from "../pulumi-values";
import { runError } from "./run-error";

// Pulumi silently drops or changes some values on the way to the provider process. Only the program sees
// them, so it rejects them. No message contains a value.

/**
 * Returns a value that reaches the provider process unchanged, except for an output that is `undefined`: that
 * becomes `null`, which `check` rejects.
 *
 * @param path how messages name it, like `VccProvider "crm": endpoint`
 * @throws RunError for another value. For an output or a promise, what it returns rejects
 */
export function serializable<Value>(path: string, value: Value): Value {
  return whenResolved(value, (resolved) => {
    requireSerializable(path, resolved);
    return resolved;
  }) as Value;
}

/**
 * Returns an object of names and values that reaches the provider process as `serializable` does.
 *
 * @param missing replaces each `undefined` that the program wrote, which Pulumi drops
 * @throws as `serializable`
 */
export function serializableRecord<Value>(path: string, value: Value, missing?: null): Value {
  return whenResolved(value, (record, inOutput) => {
    if (record === undefined || record === null) return record;
    requireSerializableRecord(path, record);
    const entries = Object.entries(record);
    // `pulumi.output(new Map(…))` has lost its entries already.
    if (inOutput && entries.length === 0) {
      throw runError(
        `${path}: the output is an empty object. Pulumi makes one of each Map, Headers or URLSearchParams: ` +
          "call Object.fromEntries(…) before pulumi.output or pulumi.secret. If it is meant to be empty, pass {}",
      );
    }
    return Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        whenResolved(value, (resolved) => {
          requireSerializable(`${path}[${JSON.stringify(name)}]`, resolved);
          return resolved === undefined ? missing : resolved;
        }),
      ]),
    );
  }) as Value;
}

/** For an argument that may be an object, or text or a number instead. */
export function serializableOrRecord<Value>(path: string, value: Value): Value {
  return whenResolved(value, (resolved) =>
    // Pulumi makes an empty object of each bigint and symbol.
    resolved !== null && ["object", "bigint", "symbol"].includes(typeof resolved)
      ? serializableRecord(path, resolved)
      : serializable(path, resolved),
  ) as Value;
}

/** @throws RunError unless a value is a plain object whose names Pulumi forwards */
export function requireSerializableRecord(
  path: string,
  value: unknown,
): asserts value is Record<string, unknown> {
  const name = Object.keys(value ?? {}).find(
    (key) => key === "__proto__" || key === signatureKey || !key.isWellFormed(),
  );
  if (name !== undefined) {
    throw runError(`${path}: Pulumi cannot forward the name ${JSON.stringify(name)}`);
  }
  if (!isPlainObject(value) || hasHiddenKeys(value)) {
    throw runError(
      `${path}: must be a plain object of names and values. Pass Object.fromEntries(…) of a Map, Headers ` +
        "or URLSearchParams",
    );
  }
}

function requireSerializable(path: string, value: unknown): void {
  const problem = problemOf(value);
  if (problem !== undefined) throw runError(`${path}: ${problem}`);
}

function problemOf(value: unknown): string | undefined {
  if (typeof value === "function") return "must not be a function, which Pulumi drops";
  if (isUnknown(value)) return "must not be the text that marks unknown values in Pulumi";
  if (pulumi.isUnknown(value)) return "is unknown, although this is not a preview";
  if (typeof value === "string" && !value.isWellFormed()) {
    return "contains half of a surrogate pair, which Pulumi drops";
  }
  return undefined;
}

/** Symbols, and names that enumeration skips. */
function hasHiddenKeys(value: object): boolean {
  return Reflect.ownKeys(value).length !== Object.keys(value).length;
}

/**
 * Applies a function to a value, or to what an output or a promise resolves to: `null` instead of `undefined`,
 * which Pulumi drops. `check` rejects `null`. A mistyped name of a stack output would otherwise register without
 * the argument. An error here would end operations that skip a resource, whose outputs are undefined then.
 */
function whenResolved(
  value: unknown,
  use: (resolved: unknown, inOutput: boolean) => unknown,
): unknown {
  if (pulumi.Output.isInstance(value))
    return value.apply((resolved) => use(resolved ?? null, true));
  if (value instanceof Promise) {
    return value.then((resolved) => whenResolved(resolved ?? null, use));
  }
  return use(value, false);
}
