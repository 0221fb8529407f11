/**
 * Tells the declarations of one program apart. It travels to `check` as the value of
 * `fingerprintKey`, which the program declares (an input must be secret from the start to stay
 * secret) and `check` replaces by the key.
 */

let count = 0;

/** Another one for each call, and readable: it names the resource. */
export function createDeclaration(resource: string): string {
  count += 1;
  return `${resource}#${count}`;
}

/**
 * The resource's name; nothing when a program that ignores all changes has sent the key itself back,
 * which must not be shown.
 */
export function resourceOf(declaration: string): string | undefined {
  return /^(.*)#\d+$/s.exec(declaration)?.[1];
}
