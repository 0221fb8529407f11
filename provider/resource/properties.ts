/**
 * What the program knows of a declaration, and the engine does not pass on to `check`. It is an input of its
 * own, which `check` drops.
 */
export interface Declaration {
  /** The name of the resource. Resources with different parents may share it. */
  resource: string;
  /** Identifies the declaration within the program: the engine may check it several times. */
  number: number;
  /** Whether the program runs for a preview. */
  preview: boolean;
  /** Other arguments than `alwaysSecret` that contain a secret. The engine passes their values in clear text. */
  secret: readonly string[];
  /**
   * Argument → where it is unknown although this is not a preview, like `headers["Authorization"]`. The
   * engine leaves out what is unknown.
   */
  unknown: Readonly<Record<string, string>>;
}

/** Properties that are secret whatever they contain. */
export const alwaysSecret: readonly string[] = ["headers", "fingerprintKey"];

/** The input of a registration that contains its declaration. */
export const declarationKey = "declaration";

/** The declaration among the inputs of a registration. Missing if the program ignores all changes. */
export function declarationIn(inputs: object): Partial<Declaration> {
  return (inputs as { [declarationKey]?: Declaration })[declarationKey] ?? {};
}
