import type { Region } from "./region";

/**
 * What this provider process, and with it one engine operation on one account, has seen of the
 * names at VCC. A name is *declared* once a resource of the program was checked, and *confirmed*
 * once VCC acknowledged it or it was found unchanged. Deletes ask here, since the engine deletes by
 * resource while VCC knows only names.
 */
export interface Claims {
  /** Returns the other declaration of the same name, if there is one. */
  declare(region: Region, name: string, declaration: string): string | undefined;
  confirm(region: Region, name: string): void;
  isClaimed(region: string, name: string): boolean;
  /** A confirmed name that differs only by case: VCC may or may not take it for the same one. */
  confirmedTwin(region: string, name: string): string | undefined;
}

export function createClaims(): Claims {
  const declarations = new Map<string, string>();
  const confirmed = new Set<string>();
  const key = (region: string, name: string) => `${region}/${name}`;
  return {
    declare(region, name, declaration) {
      const earlier = declarations.get(key(region, name));
      if (earlier === undefined) declarations.set(key(region, name), declaration);
      return earlier === declaration ? undefined : earlier;
    },
    confirm(region, name) {
      confirmed.add(key(region, name));
    },
    isClaimed(region, name) {
      return declarations.has(key(region, name)) || confirmed.has(key(region, name));
    },
    confirmedTwin(region, name) {
      const twin = [...confirmed].find(
        (other) => other !== key(region, name) && differOnlyByCase(other, key(region, name)),
      );
      return twin?.slice(`${region}/`.length);
    },
  };
}

export function differOnlyByCase(a: string, b: string): boolean {
  return a !== b && a.toLowerCase() === b.toLowerCase();
}
