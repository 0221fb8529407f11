import { resourceType } from "../../provider/resource/provider-code";
import { nameKey } from "../../provider/vcc/provider-settings";
import { InspectionError } from "../errors";
import { compareNames, parseJson } from "../formats";
import { lockHolder } from "../pulumi/lock";
import { findProject } from "../pulumi/project";
import type { Pulumi } from "../pulumi/pulumi";
import { type ResourceState, resourceName, textOf, timeOf } from "../pulumi/state";
import { exportState, type Target } from "../pulumi/targets";
import type { Inventory, InventoryEntry } from "./schema";

/**
 * Reads only the states of stacks, and their locks if the backend is a directory. It needs neither their
 * secrets nor their programs.
 */
export async function takeInventory(
  targets: Target[],
  pulumi: Pulumi,
  nowMs: number,
): Promise<Inventory> {
  const errors: Inventory["errors"] = [];
  const emptyStacks: string[] = [];
  const backends = new Map<string, Promise<string>>();
  const backendOf = (directory: string) => {
    const known = backends.get(directory) ?? readBackend(directory, pulumi);
    backends.set(directory, known);
    return known;
  };
  const found = await Promise.all(
    targets.map(async (target) => {
      try {
        const read = await readEntries(target, pulumi, backendOf);
        if (read.length === 0) emptyStacks.push(emptyStackName(target));
        return read;
      } catch (error) {
        if (!(error instanceof InspectionError)) throw error;
        errors.push({ stack: nameOf(target), error: error.message });
        return [];
      }
    }),
  );
  const entries = found.flat();
  const byName = Map.groupBy(entries, keyOf);
  const registrations = entries.map((entry) => {
    const namesakes = byName.get(keyOf(entry))?.filter((other) => other !== entry) ?? [];
    return { ...entry, alsoIn: namesakes.map(({ stack, resource }) => `${stack} (${resource})`) };
  });
  registrations.sort((a, b) => compareNames(sortKeyOf(a), sortKeyOf(b)));
  emptyStacks.sort();
  return { version: 1, at: new Date(nowMs).toISOString(), registrations, emptyStacks, errors };
}

type FoundEntry = Omit<InventoryEntry, "alsoIn">;

/** The URL of the backend. Empty if unknown. */
async function readBackend(directory: string, pulumi: Pulumi): Promise<string> {
  const { stdout } = await pulumi(["whoami", "--verbose", "--json"], directory);
  const { url } = (parseJson(stdout) ?? {}) as { url?: unknown };
  return textOf(url) ?? "";
}

async function readEntries(
  target: Target,
  pulumi: Pulumi,
  backendOf: (directory: string) => Promise<string>,
): Promise<FoundEntry[]> {
  const { resources = [], pending_operations: operations = [] } = await exportState(target, pulumi);
  const interrupted = new Map(operations.map(({ type, resource }) => [resource.urn, type]));
  const held = new Set(resources.map(({ urn }) => urn));
  const begun = operations.map(({ resource }) => resource).filter(({ urn }) => !held.has(urn));
  const entries = [...resources, ...begun]
    .filter(({ type }) => type === resourceType)
    .map((state) => toEntry(state, interrupted.get(state.urn)));
  const [first] = entries;
  if (first === undefined) return [];
  const { directory } = findProject(target.directory);
  const backend = await backendOf(directory);
  const lockedBy = (await lockHolder(backend, `organization/${first.stack}`, directory)) ?? null;
  return entries.map((entry) => ({ ...entry, lockedBy }));
}

function toEntry(state: ResourceState, interrupted: string | undefined) {
  const { urn, inputs = {}, outputs = {} } = state;
  const [, , stack, project] = urn.split(/:+/);
  const endpoint = textOf(inputs.endpoint) ?? "";
  return {
    provider: textOf(inputs.provider) ?? null,
    region: textOf(inputs.region) ?? null,
    account: textOf(inputs.account) ?? null,
    // A secret is an object.
    secretAccount: typeof (inputs.account ?? undefined) === "object",
    endpointHost: URL.canParse(endpoint) ? new URL(endpoint).host : null,
    stack: `${project}/${stack}`,
    resource: resourceName(urn),
    registeredAt: timeOf(outputs.registeredAt) ?? null,
    hasWitness: (inputs.witness ?? undefined) !== undefined,
    lastSeen: timeOf(outputs.verifiedAt) ?? null,
    uncertain: state.delete === true || interrupted !== undefined,
    interrupted: interrupted ?? null,
  };
}

/** A secret name matches no other. */
function keyOf(entry: FoundEntry): string {
  const { region, account, secretAccount, provider, stack, resource } = entry;
  return region === null || secretAccount || provider === null
    ? JSON.stringify([stack, resource])
    : JSON.stringify([account, nameKey(region, provider)]);
}

function sortKeyOf({ region, provider, account, stack, resource }: InventoryEntry) {
  return [region, provider, account, stack, resource];
}

function emptyStackName({ directory, stack = "the selected stack" }: Target): string {
  const { name = directory } = findProject(directory);
  return `${name}/${stack}`;
}

function nameOf({ directory, stack }: Target): string {
  return stack === undefined ? directory : `${directory} (${stack})`;
}
