/**
 * Identifies a declaration within one program, so that `check` can find two that share a name. It
 * is passed as the value of `fingerprintKey`, which the program must declare as a secret input.
 * `check` replaces it with the key.
 */
export interface Declaration {
  /** The name of the resource. */
  resource: string;
  /** Whether the program runs for a preview. The engine tells only the program. */
  preview: boolean;
}

let count = 0;

/** A new identifier for each call. */
export function createDeclarationId({ resource, preview }: Declaration): string {
  count += 1;
  return `${resource}#${count}${preview ? "?" : ""}`;
}

/**
 * `undefined` for a fingerprint key, which a program that ignores all changes sends back, and which
 * messages must not show.
 */
export function parseDeclarationId(id: string): Declaration | undefined {
  const [, resource, mark] = /^(.*)#\d+(\??)$/s.exec(id) ?? [];
  return resource === undefined ? undefined : { resource, preview: mark === "?" };
}
