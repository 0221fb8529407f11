import { secretOf } from "../../provider/pulumi-values";
import { sendFile } from "./private-file";
import type { Project } from "./project";
import type { Pulumi } from "./pulumi";
import { toInspectionError } from "./pulumi-error";
import type { Stack } from "./stack";
import { isStack } from "./state";

/** The first release that imports the inputs and outputs of a file, instead of reading the resource. */
export const minCliToImport = "3.254";

/** A resource to import. Its values have secrets as `markedSecret` returns them. */
export interface ImportedResource {
  urn: string;
  type: string;
  /** The logical name in Pulumi. */
  name: string;
  /** Missing for a component, which no provider manages. */
  id?: string | undefined;
  /** The URN of the parent. If the file does not contain it, the stack must. @default the stack */
  parent?: string | undefined;
  inputs: Record<string, unknown>;
  outputs?: Record<string, unknown> | undefined;
}

/** @see `importFile` of `pulumi import` */
export interface ImportFile {
  /** Name → URN of each parent that the stack already has. */
  nameTable: Record<string, string>;
  resources: Array<
    Omit<ImportedResource, "urn"> & { logicalName: string; component?: true | undefined }
  >;
}

/** A file for `pulumi import --file`. It contains secrets in plain text. */
export function importFileOf(resources: readonly ImportedResource[]): ImportFile {
  const urns = resources.map(({ urn }) => urn);
  const parents = resources.flatMap(({ parent }) =>
    parent === undefined || isStack(parent) || urns.includes(parent) ? [] : [parent],
  );
  return {
    nameTable: Object.fromEntries(parents.map((parent) => [parent, parent])),
    resources: resources.map(({ urn, name, parent, ...resource }) => ({
      ...resource,
      // Parents are referenced by name: only the URN is unique.
      name: urn,
      logicalName: name,
      ...(parent !== undefined && !isStack(parent) && { parent }),
      ...(resource.id === undefined && { component: true }),
    })),
  };
}

/** A secret value in an import file. */
export function markedSecret(value: unknown): Record<string, unknown> {
  const { value: content, ...mark } = secretOf(value);
  return { ...mark, plaintext: JSON.stringify(content) };
}

/**
 * Adds resources to the state of a stack, as the file describes them: no provider reads them, and nothing is sent to
 * VCC. Until the next `up` records the options of the program, which may protect or retain them, no command can delete
 * them.
 *
 * @throws InspectionError
 */
export async function importResources(
  pulumi: Pulumi,
  { directory }: Project,
  { reference }: Pick<Stack, "reference">,
  resources: readonly ImportedResource[],
): Promise<void> {
  const result = await sendFile(JSON.stringify(importFileOf(resources)), (path) => {
    const options = ["--yes", "--skip-preview", "--protect=true", "--generate-code=false"];
    return pulumi(["import", "--file", path, ...options, "--stack", reference], directory);
  });
  if (result.failed) throw toInspectionError({ ...result, stderr: result.stderr || result.stdout });
}
