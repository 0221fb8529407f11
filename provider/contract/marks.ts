/**
 * What the program knows of its arguments, and the engine does not pass on to `check`. It is an input of its
 * own, which `check` drops.
 */
export interface Marks {
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

/** The input of a registration that contains the marks. */
export const marksKey = "marks";

/** The marks among the inputs of a registration. */
export function marksIn(inputs: object): Marks {
  const marks = (inputs as { [marksKey]?: Marks })[marksKey];
  return { secret: [], unknown: {}, ...marks };
}
