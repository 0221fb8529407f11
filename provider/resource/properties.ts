import type { VccProviderArgs } from "./vcc-provider-args";

interface Property {
  /** Who sets it: the program, `check`, or a registration and the refreshes after it. */
  from: "program" | "check" | "registration";
  /** Whether the class has it, in addition to its arguments. @default false */
  output?: true;
  /** Whether it is secret whatever it contains. @default false */
  secret?: true;
  /**
   * Whether a difference registers again. The others derive from these or, like the code, must not make every
   * registration differ after an upgrade.
   * @default false
   */
  compared?: true;
  /** Whether a difference replaces the resource, unless both accounts are one at VCC. @default false */
  replaces?: true;
}

/** Every property of a registration, in the state and in the program. */
const properties = {
  provider: { from: "program", compared: true, replaces: true },
  account: { from: "program", compared: true, replaces: true },
  endpoint: { from: "program", compared: true },
  headers: { from: "program", compared: true, secret: true },
  agentActionsPermitted: { from: "program", compared: true },
  reassertEvery: { from: "program" },
  witness: { from: "program", compared: true },
  region: { from: "check", compared: true, replaces: true, output: true },
  accountFingerprint: { from: "check", compared: true },
  fingerprintKey: { from: "check", compared: true, secret: true },
  headerFingerprints: { from: "check", output: true },
  unresolved: { from: "check" },
  drift: { from: "check", compared: true, output: true },
  reassertWindow: { from: "check", compared: true },
  registrationFingerprint: { from: "registration", output: true },
  registeredAt: { from: "registration", output: true },
  formerFingerprint: { from: "registration" },
  verifiedAt: { from: "registration", output: true },
  evidence: { from: "registration", output: true },
} as const satisfies Record<string, Property> &
  Record<keyof VccProviderArgs, Property & { from: "program" }>;

type Properties = typeof properties;
export type PropertyName = keyof Properties;

/** The names of the properties with a value in a column. */
function namesWith<Column extends keyof Property, const Value extends Property[Column]>(
  column: Column,
  value: Value,
) {
  type Name = {
    [Key in PropertyName]: Properties[Key] extends Record<Column, Value> ? Key : never;
  }[PropertyName];
  const columnOf: Record<string, Property> = properties;
  return Object.keys(properties).filter((name) => columnOf[name]?.[column] === value) as Name[];
}

export const argumentNames = namesWith("from", "program");
/** What `check` adds. A program that ignores all changes passes it back. */
export const checkedNames = namesWith("from", "check");
export const registeredNames = namesWith("from", "registration");
/** What the class has in addition to its arguments. */
export const outputNames = namesWith("output", true);
export const comparedNames = namesWith("compared", true);
export const identityNames = namesWith("replaces", true);
export const secretNames: readonly string[] = namesWith("secret", true);

/**
 * Facts about a declaration that only the program knows. They reach `check` as an input of their own, which
 * `check` drops.
 */
export interface Declaration {
  /** The name of the resource. Resources with different parents may share it. */
  resource: string;
  /** Identifies the declaration within the program: the engine may check it several times. */
  number: number;
  /** Whether the program runs for a preview. */
  preview: boolean;
  /** Other arguments than `secretNames` that contain a secret. The engine passes their values in clear text. */
  secret: readonly string[];
  /** Headers that `ignoreChanges` names, or `*` for all. Transforms may add others. */
  ignoredHeaders: readonly string[];
  /**
   * Argument → where it is unknown although this is not a preview, like `headers["Authorization"]`. The
   * engine leaves out what is unknown.
   */
  unknown: Readonly<Record<string, string>>;
}

/** The input of a registration that contains its declaration. */
export const declarationKey = "declaration";

/** The declaration among the inputs of a registration. Missing if the program ignores all changes. */
export function declarationIn(inputs: object): Partial<Declaration> {
  return (inputs as { [declarationKey]?: Declaration })[declarationKey] ?? {};
}
