import * as pulumi from "@pulumi/pulumi";
import { isPlainObject } from "../plain-object";
import { type Declaration, secretNames } from "./properties";

/** Members of an output that its declarations hide. `apply` would make another output that may reject. */
interface Internals {
  promise(withUnknowns: true): Promise<unknown>;
  isKnown: Promise<boolean>;
}

/** Errors whose message says where they occurred. Several arguments may share one output. */
const located = new WeakSet<Error>();

let count = 0;

/**
 * Describes a declaration once its arguments have resolved. To each error that one of them rejects with, it
 * adds which argument of which resource that is: Pulumi does not say which resource.
 *
 * @param resource the name of the resource
 */
export async function declarationOf(
  resource: string,
  args: Record<string, unknown>,
  ignoreChanges: readonly string[] = [],
): Promise<Declaration> {
  count += 1;
  const number = count;
  const preview = pulumi.runtime.isDryRun();
  const secret = new Set<string>();
  const unknown: Record<string, string> = {};

  async function inspect(argument: string, value: unknown, path = argument): Promise<void> {
    try {
      if (pulumi.Output.isInstance(value)) {
        const { promise, isKnown } = value as unknown as Internals;
        // All three may reject, and an unhandled rejection ends the program.
        const [resolved, isSecret, known] = await Promise.all([
          promise(true),
          pulumi.isSecret(value),
          isKnown,
        ]);
        if (isSecret && !secretNames.includes(argument)) secret.add(argument);
        if (known) await inspect(argument, resolved, path);
        else if (!preview) unknown[argument] ??= path;
      } else if (value instanceof Promise) {
        await inspect(argument, await value, path);
      } else if (path === argument && isPlainObject(value)) {
        const entries = Object.entries(value).map(([name, entry]) =>
          inspect(argument, entry, `${path}[${JSON.stringify(name)}]`),
        );
        await Promise.all(entries);
      }
    } catch (error) {
      // The registration fails with the same error.
      if (!(error instanceof Error) || located.has(error)) return;
      located.add(error);
      error.message = `VccProvider "${resource}": ${path}: ${error.message}`;
    }
  }

  await Promise.all(Object.entries(args).map(([argument, value]) => inspect(argument, value)));
  const secretArguments = Object.keys(args).filter((argument) => secret.has(argument));
  const ignoredHeaders = ignoreChanges.flatMap(headersIn);
  return { resource, number, preview, secret: secretArguments, ignoredHeaders, unknown };
}

/** The headers that a property path names: `headers["X-A"]`, `headers.X-A`, or all of them with `headers` or `*`. */
function headersIn(path: string): string[] {
  if (path === "*") return ["*"];
  const [, rest] = /^(?:headers|\["headers"\])(?=$|[.[])(.*)$/s.exec(path) ?? [];
  if (rest === undefined) return [];
  const [, quoted, plain] = /^(?:\["(.*)"\]|\.(.*))$/s.exec(rest) ?? [];
  return [quoted ?? plain ?? "*"];
}
