import { parseDeclarationId } from "../contract/declaration";

/** The witnesses of one program. Each sees the notifications of one registration, which do not name it. */
export interface DeclaredWitnesses {
  /**
   * @param declarationId the same each time that the engine checks the same resource
   * @returns the problem if another resource has the same witness
   */
  declare(url: string, declarationId: string): string | undefined;
}

export function createDeclaredWitnesses(): DeclaredWitnesses {
  const declarationIds = new Map<string, string>();
  return {
    declare(url, declarationId) {
      const { href } = new URL(url);
      const firstId = declarationIds.get(href) ?? declarationId;
      declarationIds.set(href, firstId);
      if (firstId === declarationId) return undefined;
      const resource = parseDeclarationId(firstId)?.resource;
      const other =
        resource === undefined ? "another resource" : `the resource ${JSON.stringify(resource)}`;
      return `${other} has the same witness, which cannot tell their notifications apart: give each its own URL`;
    },
  };
}
