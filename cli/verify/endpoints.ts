import pLimit from "p-limit";
import type { SettingSources } from "../../provider/accounts/setting-sources";
import { ConfigurationError } from "../../provider/errors";
import type { CaFile } from "../../provider/vcc/network";
import { settingsOf } from "../pulumi/stack-configuration";
import type { Registration, Source, StackRegistrations } from "./registrations";
import { maySendTo, type Rehearsal, type RehearsalOptions, rehearse } from "./rehearsal";
import type { Checked, NotChecked } from "./report";
import { assess, type Thresholds } from "./verdict";

/** A check of registrations, before anything is sent. */
export interface Check {
  /** What it sends, for people. Missing if it sends nothing. */
  plan?: string;
  run(registration: Registration, stack: StackRegistrations): Promise<Checked | NotChecked>;
}

/** Endpoints that are checked at once. */
const maxEndpoints = 4;

/** Prepares a rehearsal for each endpoint. */
export function prepareRehearsals(
  stacks: StackRegistrations[],
  { source, ...options }: { source: Source } & Thresholds & Omit<RehearsalOptions, "caFile">,
): Check {
  const limit = pLimit(maxEndpoints);
  /** Registrations that share an endpoint and its headers share its requests. */
  const shared = new Map<string, Promise<Rehearsal>>();

  /** URL → the turn of its registrations. */
  const turns = new Map<string, ReturnType<typeof pLimit>>();

  function rehearseOnce(endpoint: NonNullable<Registration["endpoint"]>, caFile?: CaFile) {
    const key = JSON.stringify([endpoint, caFile]);
    const first = shared.get(key);
    if (first !== undefined) return first;
    // One after the other: wrong secrets of one must not look like those of another.
    const inTurn = turns.get(endpoint.url) ?? pLimit(1);
    turns.set(endpoint.url, inTurn);
    const rehearsal = inTurn(() => limit(() => rehearse(endpoint, { ...options, caFile })));
    shared.set(key, rehearsal);
    return rehearsal;
  }

  return {
    ...planOf(stacks, options.probeRejection),
    async run({ endpoint, problem, account }, { configuration, directory }) {
      if (problem !== undefined) return { reason: problem };
      if (endpoint === undefined) return { findings: [] };
      try {
        const settings = settingsOf(account, configuration, process.env);
        const rehearsal = await rehearseOnce(endpoint, caFileOf(settings, directory));
        if (options.signal.aborted) return { reason: String(options.signal.reason) };
        return { rehearsal, findings: assess(rehearsal, source, options, Date.now()) };
      } catch (error) {
        // Of the account, the CA file or the proxy.
        if (!(error instanceof ConfigurationError)) throw error;
        return { reason: error.message };
      }
    },
  };
}

/** @param directory that of the project, which relative names are relative to */
export function caFileOf(settings: SettingSources, directory: string): CaFile | undefined {
  const name = settings.read("caFile");
  return name === undefined ? undefined : { name, directory, label: settings.label("caFile") };
}

function planOf(stacks: StackRegistrations[], probeRejection: boolean): { plan?: string } {
  const endpoints = stacks.flatMap(({ registrations }) =>
    registrations.flatMap(({ endpoint, provider, resource }) => {
      if (endpoint === undefined || !maySendTo(new URL(endpoint.url))) return [];
      const host = endpoint.isSecret ? "a secret endpoint" : new URL(endpoint.url).host;
      return [`  ${host}, registered as ${JSON.stringify(provider ?? resource)}`];
    }),
  );
  if (endpoints.length === 0) return {};
  const rejection = probeRejection
    ? "\nTwo more requests have no secret headers, and wrong ones: the receiver may lock VCC out."
    : "";
  const plan = `This sends at most ${probeRejection ? 4 : 2} requests for each of these registrations:
${endpoints.join("\n")}
They announce an interaction that does not exist, with the headers of VCC and with X-Vcc-Verify. A
receiver that does not know this header handles them as real notifications.${rejection}`;
  return { plan };
}
