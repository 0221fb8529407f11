import { isPlainObject } from "../../provider/plain-object";
import { secretOf, signatureKey } from "../../provider/pulumi-values";
import { parseJson } from "../formats";
import { receiveFile } from "./private-file";
import type { Project } from "./project";
import type { Pulumi } from "./pulumi";
import { type PreviewDiagnostics, previewErrors, toInspectionError } from "./pulumi-error";
import type { Stack } from "./stack";
import { secretsOfStack } from "./stack-configuration";
import { parseDeployment } from "./state";

/** A resource of the program: custom or component, of any package. */
export interface DeclaredResource {
  urn: string;
  type: string;
  /** The logical name in Pulumi. */
  name: string;
  /** Whether a provider manages it. Otherwise it is a component. */
  custom: boolean;
  /** The URN of the parent, which is the stack for most. */
  parent?: string | undefined;
  /** What `up` would do, in the engine's words, like `create` or `same`. */
  operation: string;
  /** The interrupted operation, in the engine's words. Its outcome is unknown. */
  interrupted?: string | undefined;
  /** The result of `check`, or what the program passes to a component. Secrets are as `plainOf` reads them. */
  inputs: Record<string, unknown>;
}

/** `pulumi preview --json`; only the fields read here. */
interface Preview extends PreviewDiagnostics {
  steps?: Array<{ urn: string; oldState?: { urn: string } }>;
}

/** A plan of an update, which `pulumi preview` writes; only the fields read here. */
interface Plan {
  resourcePlans?: Record<string, { goal?: Goal; steps?: string[] }>;
}

interface Goal {
  type: string;
  name: string;
  custom: boolean;
  parent?: string;
  /** What differs from the inputs in the state. */
  inputDiff?: {
    adds?: Record<string, unknown>;
    updates?: Record<string, unknown>;
    deletes?: string[];
  };
}

/**
 * Loads what the program declares for a stack, with its secrets. Runs the program for a preview, which asks no
 * witness and writes no state. Works with every supported version of the CLI: plans contain secrets in plain
 * text since 3.24.
 *
 * @throws InspectionError if the preview or the export of the state fails
 */
export async function loadDeclared(
  pulumi: Pulumi,
  { directory }: Project,
  { reference }: Pick<Stack, "reference">,
): Promise<DeclaredResource[]> {
  const stackOption = ["--stack", reference];
  const [{ result: previewed, text }, exported] = await Promise.all([
    // `preview --json` masks secrets; only the plan contains them.
    receiveFile((path) => {
      const options = [
        "--json",
        "--show-sames",
        "--refresh=false",
        "--show-secrets",
        "--save-plan",
        path,
      ];
      return pulumi(["preview", ...options, ...stackOption], directory);
    }),
    pulumi(["stack", "export", "--show-secrets", ...stackOption], directory),
  ]);
  const preview = (parseJson(previewed.stdout) ?? {}) as Preview;
  const plan = parseJson(text) as Plan | undefined;
  const deployment = parseDeployment(exported.stdout);
  // A preview can exit with 0 although the program reported an error.
  if (previewed.failed || previewErrors(preview).length > 0 || plan === undefined) {
    throw toInspectionError(previewed, await secretsOfStack(pulumi, directory, stackOption));
  }
  if (exported.failed || deployment === undefined) throw toInspectionError(exported);
  const { resources = [], pending_operations: operations = [] } = deployment;
  const interruptions = new Map(operations.map(({ type, resource }) => [resource.urn, type]));
  const stored = new Map(
    resources.filter((one) => !one.delete).map(({ urn, inputs = {} }) => [urn, inputs]),
  );
  // A resource may have had another URN, which its aliases name.
  const formerUrns = new Map(
    (preview.steps ?? []).flatMap(({ urn, oldState }) => (oldState ? [[urn, oldState.urn]] : [])),
  );
  return Object.entries(plan.resourcePlans ?? {}).flatMap(([urn, { goal, steps = [] }]) => {
    // A resource that the program does not declare has no goal.
    if (goal === undefined) return [];
    const { type, name, custom, parent, inputDiff } = goal;
    const [operation = "same"] = steps;
    const inputs = patched(stored.get(formerUrns.get(urn) ?? urn) ?? {}, inputDiff);
    const interrupted = interruptions.get(urn);
    return [{ urn, type, name, custom, parent, operation, interrupted, inputs }];
  });
}

function patched(
  stored: Record<string, unknown>,
  { adds, updates, deletes = [] }: NonNullable<Goal["inputDiff"]> = {},
): Record<string, unknown> {
  const kept = Object.entries(stored).filter(([name]) => !deletes.includes(name));
  return { ...Object.fromEntries(kept), ...adds, ...updates };
}

/** A value in plain text, without the marks of secrets at any depth. */
export function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (!isPlainObject(value)) return value;
  if (isSecret(value)) return plainOf(JSON.parse(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainOf(entry)]));
}

/** Whether a value is a secret, or contains one. */
export function containsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(containsSecret);
}

/** A secret as `--show-secrets` shows it, and as an import file contains it. `plaintext` is JSON. */
function isSecret(value: object): value is { plaintext: string } {
  return (value as Record<string, unknown>)[signatureKey] === secretOf(null)[signatureKey];
}
