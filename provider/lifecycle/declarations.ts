import { parseDeclarationId } from "../contract/declaration";

/** What the resources of one program declare, and which of them was the first to declare it. */
export interface Declarations {
  isEmpty(): boolean;
  has(key: string): boolean;
  /**
   * Records that a resource declares something.
   *
   * @param declarationId the same each time that the engine checks the same resource
   * @returns how messages name the first resource that declared it, if that is another one
   */
  add(key: string, declarationId: string): string | undefined;
}

export function createDeclarations(): Declarations {
  const firstIds = new Map<string, string>();
  return {
    isEmpty: () => firstIds.size === 0,
    has: (key) => firstIds.has(key),
    add(key, declarationId) {
      const firstId = firstIds.get(key) ?? declarationId;
      firstIds.set(key, firstId);
      if (firstId === declarationId) return undefined;
      const resource = parseDeclarationId(firstId)?.resource;
      return resource === undefined
        ? "another resource"
        : `the resource ${JSON.stringify(resource)}`;
    },
  };
}
