import { resourceOf } from "./declaration";
import type { Region } from "./region";

/**
 * What this provider process, and with it one engine operation on one account, has seen of the
 * names at VCC. The engine deletes by resource while VCC knows only names: here is decided which
 * names a delete must not touch.
 */
export interface Claims {
  /**
   * A resource of the program was checked. Returns the problem if another one has the same name.
   *
   * @param declaration the same each time the engine checks the same resource
   */
  declare(region: Region, name: string, declaration: string): string | undefined;
  /** Whether a program has declared anything: in a destroy none has. */
  any(): boolean;
  /** What is to be said of a declared name: that VCC may take it for another declared one. */
  doubtOf(region: Region, name: string): string | undefined;
  /** VCC acknowledged the name, or it was found unchanged. */
  confirm(region: Region, name: string): void;
  /** Why a delete must leave the name as it is; nothing where it may reset it. */
  reasonToLeave(region: Region, name: string): string | undefined;
}

export function createClaims(): Claims {
  const declarations = new Map<string, string>();
  const declared = new Map<string, string>();
  const confirmed = new Map<string, string>();
  const key = (region: Region, name: string) => `${region}/${name}`;

  return {
    declare(region, name, declaration) {
      const earlier = declarations.get(key(region, name)) ?? declaration;
      declarations.set(key(region, name), earlier);
      declared.set(key(region, name), name);
      if (earlier === declaration) return undefined;
      const resource = resourceOf(earlier);
      const other = resource === undefined ? "another resource" : `the resource ${quote(resource)}`;
      return `${quote(name)} is already declared by ${other}; a name is one registration at VCC`;
    },
    any: () => declarations.size > 0,
    doubtOf(region, name) {
      const twin = twinIn(declared, key(region, name));
      if (twin === undefined) return undefined;
      return `${quote(name)} differs from ${quote(twin)} only by case: VCC may take them for one registration`;
    },
    confirm(region, name) {
      confirmed.set(key(region, name), name);
    },
    reasonToLeave(region, name) {
      const own = key(region, name);
      if (declarations.has(own) || confirmed.has(own)) {
        return "this program declares it";
      }
      // A twin that is only declared so far is about to replace this name, which goes first.
      const twin = twinIn(confirmed, own);
      return twin && `VCC may take it for ${quote(twin)}, which this program declares`;
    },
  };
}

export function differOnlyByCase(a: string, b: string): boolean {
  return a !== b && a.toLowerCase() === b.toLowerCase();
}

function twinIn(names: ReadonlyMap<string, string>, own: string): string | undefined {
  for (const [other, name] of names) if (differOnlyByCase(other, own)) return name;
  return undefined;
}

function quote(name: string): string {
  return JSON.stringify(name);
}
