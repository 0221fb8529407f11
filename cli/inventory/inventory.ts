import { resourceType } from "../../provider/resource/provider-code";
import { nameKey } from "../../provider/vcc/provider-settings";
import { InspectionError } from "../errors";
import { compareNames } from "../formats";
import { findProject } from "../pulumi/project";
import type { Pulumi } from "../pulumi/pulumi";
import { toInspectionError } from "../pulumi/pulumi-error";
import { parseDeployment, type ResourceState, resourceName, textOf, timeOf } from "../pulumi/state";
import { stackOptionOf, type Target } from "../pulumi/targets";
import type { Inventory, InventoryEntry } from "./schema";

/** Reads only the states of stacks: it needs neither their secrets nor their programs. */
export async function takeInventory(
  targets: Target[],
  pulumi: Pulumi,
  nowMs: number,
): Promise<Inventory> {
  const errors: Inventory["errors"] = [];
  const found = await Promise.all(
    targets.map(async (target) => {
      try {
        return await readEntries(target, pulumi);
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
  return { version: 1, at: new Date(nowMs).toISOString(), registrations, errors };
}

type FoundEntry = Omit<InventoryEntry, "alsoIn">;

async function readEntries(target: Target, pulumi: Pulumi): Promise<FoundEntry[]> {
  if (target.error !== undefined) throw target.error;
  findProject(target.directory);
  const result = await pulumi(["stack", "export", ...stackOptionOf(target)], target.directory);
  if (result.failed) throw toInspectionError(result);
  const deployment = parseDeployment(result.stdout);
  if (deployment === undefined) {
    throw new InspectionError(
      "pulumi returned no valid state",
      "run `pulumi stack export` to see what it prints",
    );
  }
  const { resources = [], pending_operations: operations = [] } = deployment;
  const interrupted = new Set(operations.map(({ resource }) => resource.urn));
  const held = new Set(resources.map(({ urn }) => urn));
  const begun = operations.map(({ resource }) => resource).filter(({ urn }) => !held.has(urn));
  return [...resources, ...begun]
    .filter(({ type }) => type === resourceType)
    .map((state) => toEntry(state, state.delete === true || interrupted.has(state.urn)));
}

function toEntry(state: ResourceState, uncertain: boolean): FoundEntry {
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
    lastSeen: timeOf(outputs.verifiedAt) ?? null,
    uncertain,
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

function nameOf({ directory, stack }: Target): string {
  return stack === undefined ? directory : `${directory} (${stack})`;
}
