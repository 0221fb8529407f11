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
  const declared = createNames();
  const confirmed = createNames();
  const key = (region: Region, name: string) => `${region}/${name}`;

  return {
    declare(region, name, declaration) {
      const earlier = declarations.get(key(region, name)) ?? declaration;
      declarations.set(key(region, name), earlier);
      declared.add(region, name);
      if (earlier === declaration) return undefined;
      const resource = resourceOf(earlier);
      const other = resource === undefined ? "another resource" : `the resource ${quote(resource)}`;
      return `${quote(name)} is already declared by ${other}; a name is one registration at VCC`;
    },
    any: () => declarations.size > 0,
    doubtOf(region, name) {
      const twin = declared.twinOf(region, name);
      if (twin === undefined) return undefined;
      return `${quote(name)} differs from ${quote(twin)} only by case: VCC may take them for one registration`;
    },
    confirm(region, name) {
      confirmed.add(region, name);
    },
    reasonToLeave(region, name) {
      if (declared.has(region, name) || confirmed.has(region, name)) {
        return "this program declares it";
      }
      // A twin that is only declared so far is about to replace this name, which goes first.
      const twin = confirmed.twinOf(region, name);
      return twin && `VCC may take it for ${quote(twin)}, which this program declares`;
    },
  };
}

export function differOnlyByCase(a: string, b: string): boolean {
  return a !== b && a.toLowerCase() === b.toLowerCase();
}

/** Names by their lower-case form: every check asks, and must not look at all the others. */
function createNames() {
  const spellings = new Map<string, Set<string>>();
  const spellingsOf = (region: Region, name: string) =>
    spellings.get(`${region}/${name.toLowerCase()}`) ?? new Set<string>();
  return {
    add(region: Region, name: string) {
      spellings.set(`${region}/${name.toLowerCase()}`, spellingsOf(region, name).add(name));
    },
    has: (region: Region, name: string) => spellingsOf(region, name).has(name),
    twinOf: (region: Region, name: string) =>
      [...spellingsOf(region, name)].find((other) => other !== name),
  };
}

function quote(name: string): string {
  return JSON.stringify(name);
}
