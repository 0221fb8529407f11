import { isDeepStrictEqual } from "node:util";
import { accountFingerprint } from "../../provider/lifecycle/fingerprint";
import type { RegistrationOutputs } from "../../provider/lifecycle/state";
import { type Registration, toProviderSettings } from "../../provider/vcc/provider-settings";
import { type ProviderHost, recordedFailure } from "../provider-host/provider-host";
import type { Engine, Outcome, StateEntry } from "./engine";
import {
  argumentsOf,
  clients,
  type Declaration,
  type Program,
  placeOf,
  type Region,
  regions,
} from "./program";
import type { Operation } from "./step";
import type { Vcc } from "./vcc";

type Properties = Record<string, unknown>;

interface Entry {
  resource: string;
  id: string;
  inputs: Properties;
  outputs: Properties;
  /** The registration failed, and the next `up` updates it in any case. */
  failed: boolean;
  /** The engine's `Delete`: a new resource has replaced it, which is still to be deleted. */
  replaced: boolean;
  /** The engine's `PendingReplacement`: it is deleted, and the new resource is still missing. */
  deleted: boolean;
  retainOnDelete: boolean;
}

/** The provider process of one operation. */
interface ProviderProcess {
  host: Promise<ProviderHost>;
  output(): string;
  /** @param crashed whether it is killed */
  close(crashed: boolean): Promise<void>;
}

/** Starts the process of an operation, whose environment has the accounts of the program. */
export type StartProcess = (program: Program) => ProviderProcess;

class Crash extends Error {}

/**
 * What Pulumi's engine does with registrations, which do not depend on each other.
 *
 * @see `step_generator.go`, `step.go` and `deployment_executor.go` in Pulumi's `resource/deploy`
 */
export function createModelEngine(vcc: Vcc, startProcess: StartProcess): Engine {
  let entries: Entry[] = [];

  return {
    async run(operation, program): Promise<Outcome> {
      const process = startProcess(program);
      let error: unknown;
      try {
        await execute(operation, program, await process.host);
      } catch (cause) {
        error = cause;
      }
      const crashed = error instanceof Crash;
      const output = process.output();
      await process.close(crashed);
      return {
        error: error === undefined ? undefined : String((error as Error).message),
        crashed,
        output,
      };
    },
    state: async () => entries.map((entry) => describeEntry(entry, vcc)),
  };

  async function execute(operation: Operation, program: Program, host: ProviderHost) {
    let calls = 0;
    /** Calls a provider. A crash loses the result. */
    async function call<Result>(run: () => Promise<Result>): Promise<Result> {
      calls += 1;
      const result = run();
      if (calls !== operation.crashAfter) return result;
      await result.catch(() => {});
      throw new Crash("killed");
    }

    if (operation.run === "refresh") await refresh();
    else {
      const operatedOn = new Set<string>();
      if (operation.run === "up") await registerAll(operatedOn);
      await deleteAll(operatedOn);
    }

    function isTarget(resource: string): boolean {
      return operation.targets?.includes(resource) ?? true;
    }

    async function refresh() {
      for (const entry of entries.filter(({ resource }) => isTarget(resource))) {
        const { properties, inputs } = await host.read(entry.id, entry.outputs);
        const { __provider, ...outputs } = properties;
        Object.assign(entry, { outputs, failed: false });
        if (inputs !== undefined) entry.inputs = withoutCode(inputs);
      }
    }

    async function registerAll(operatedOn: Set<string>) {
      const steps: Array<() => Promise<void>> = [];
      for (const [index, [resource, declaration]] of Object.entries(program.resources).entries()) {
        const old = entries.find((entry) => entry.resource === resource && !entry.replaced);
        if (!isTarget(resource)) {
          operatedOn.add(resource);
          continue;
        }
        const step = await stepFor(resource, declaration, old, index + 1);
        operatedOn.add(resource);
        if (operation.steps === "between checks") await step();
        else steps.push(step);
      }
      for (const step of steps) await step();
    }

    /** Checks and compares a resource. */
    async function stepFor(
      resource: string,
      declaration: Declaration,
      old: Entry | undefined,
      number: number,
    ): Promise<() => Promise<void>> {
      const { ignoreHeaders, retainOnDelete } = declaration;
      const goal: Properties = {
        ...argumentsOf(declaration),
        declaration: { resource, number },
      };
      async function check(olds: Properties, news: Properties): Promise<Properties> {
        const { inputs, failures } = await host.check(olds, news);
        if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
        return withoutCode(inputs);
      }
      async function create(inputs: Properties, keepsOld: boolean): Promise<void> {
        let failure: unknown;
        const { id, properties } = await call(() => host.create(inputs)).catch((error) => {
          failure = error;
          const recorded = recordedFailure(error);
          if (recorded === undefined) throw error;
          return recorded;
        });
        if (old !== undefined && keepsOld) old.replaced = true;
        else entries = entries.filter((entry) => entry !== old);
        entries.push({
          resource,
          id,
          inputs,
          outputs: withoutCode(properties),
          failed: failure !== undefined,
          replaced: false,
          deleted: false,
          retainOnDelete,
        });
        if (failure !== undefined) throw failure;
      }

      if (old === undefined) {
        const inputs = await check({}, goal);
        return () => create(inputs, false);
      }

      const ignored = ignoreHeaders ? { headers: old.inputs.headers } : {};
      const inputs = await check(old.inputs, { ...goal, ...ignored });
      const diff = await host.diff(old.id, old.outputs, inputs);
      const changed =
        diff.changes === "some" ||
        (diff.changes === "unknown" && !isDeepStrictEqual(old.inputs, inputs));
      if ((changed && diff.replaces.length > 0) || old.deleted) {
        const replacement = await check({}, goal);
        return async () => {
          if (diff.deleteBeforeReplace && !old.deleted) {
            await deleteEntry(old);
            old.deleted = true;
          }
          await create(replacement, !diff.deleteBeforeReplace);
        };
      }
      if (!changed && !old.failed) {
        return async () => void Object.assign(old, { inputs, retainOnDelete });
      }
      return async () => {
        let failure: unknown;
        const properties = await call(() => host.update(old.id, old.outputs, inputs)).catch(
          (error) => {
            failure = error;
            const recorded = recordedFailure(error);
            if (recorded === undefined) throw error;
            return recorded.properties;
          },
        );
        const outputs = withoutCode(properties);
        const failed = failure !== undefined;
        Object.assign(old, { inputs, outputs, failed, retainOnDelete });
        if (failed) throw failure;
      };
    }

    async function deleteEntry(entry: Entry): Promise<void> {
      if (entry.retainOnDelete) return;
      await call(() => host.delete(entry.id, entry.outputs));
    }

    async function deleteAll(operatedOn: ReadonlySet<string>) {
      for (const entry of entries.toReversed()) {
        const { resource, replaced, deleted } = entry;
        if (!isTarget(resource) || (!replaced && operatedOn.has(resource))) continue;
        if (replaced || !deleted) await deleteEntry(entry);
        entries = entries.filter((other) => other !== entry);
      }
    }
  }
}

function withoutCode({ __provider, ...properties }: Properties): Properties {
  return properties;
}

function describeEntry(entry: Entry, vcc: Vcc): StateEntry {
  const { resource, replaced, deleted, failed, retainOnDelete } = entry;
  const outputs = entry.outputs as unknown as RegistrationOutputs;
  return {
    ...describeOutputs(outputs, vcc),
    resource,
    replaced,
    deleted,
    retainOnDelete,
    drifted: failed || outputs.drift !== "none",
  };
}

/** What the outputs in a state say of a registration. */
export function describeOutputs(
  outputs: RegistrationOutputs,
  vcc: Vcc,
): Pick<StateEntry, "place" | "account" | "label" | "settings"> {
  const { account } = outputs;
  const region = regions.find((candidate) => candidate === outputs.region) ?? "emea";
  const client = clients.find((clientId) => {
    const { apiUrl } = vcc.emulatorOf({ client: clientId, region });
    const fingerprint = accountFingerprint({ clientId, apiUrl }, outputs.fingerprintKey);
    return fingerprint === outputs.accountFingerprint;
  });
  if (client === undefined) throw new Error("the state names no client of the model");
  return {
    place: placeOf({ client, region }, outputs.provider),
    account,
    label: labelOf(outputs.provider, region, account),
    settings: toProviderSettings(outputs as Registration),
  };
}

function labelOf(provider: string, region: Region, account: string | undefined): string {
  const suffix = account === undefined ? "" : ` (account ${JSON.stringify(account)})`;
  return `${JSON.stringify(provider)} in ${region}${suffix}`;
}
