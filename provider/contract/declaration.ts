/**
 * Identifies a declaration within one program, so that `check` can find two that share a name. It
 * travels as the value of `fingerprintKey`: the program has to declare that input as a secret, and
 * `check` replaces it with the key.
 */

let count = 0;

/** A new identifier for each call. It contains the name of the resource. */
export function createDeclarationId(resource: string): string {
  count += 1;
  return `${resource}#${count}`;
}

/**
 * The name of the resource. `undefined` for a fingerprint key, which a program that ignores all
 * changes sends back, and which messages must not show.
 */
export function resourceOfDeclaration(id: string): string | undefined {
  return /^(.*)#\d+$/s.exec(id)?.[1];
}
