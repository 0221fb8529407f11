import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadConnection } from "../../provider/accounts/connection";
import { loadCredentials } from "../../provider/accounts/credentials";
import { createClock } from "../../provider/vcc/clock";
import { dispatchOf, releaseOf } from "../../provider/vcc/invocation";
import { createRegisterClient, type RegisterClient } from "../../provider/vcc/register-client";
import { witnessUrl } from "../../provider/witness/argument";
import { type Evidence, parseEvidence } from "../../provider/witness/evidence";
import { verifyIdPrefix } from "../../provider/witness/witness";
import { createWitnessClient, type WitnessClient } from "../../provider/witness/witness-client";
import { InputError } from "../errors";
import { settingsOf } from "../pulumi/stack-configuration";
import { shellWord } from "../shell";
import { type Check, caFileOf } from "./endpoints";
import type { Registration, StackRegistrations, WitnessedRegistration } from "./registrations";
import type { Checked, NotChecked } from "./report";
import type { Finding } from "./verdict";

/** The registration of a command that needs one. */
export interface Selected {
  registration: Registration;
  stack: StackRegistrations;
}

export interface InvokeOptions {
  /** Where VCC sends the interaction. */
  route: string;
  /** The arguments that have selected the registration, which may be its resource. Empty: none was needed. */
  names: readonly string[];
  /** How long to wait for the notification. Unit: milliseconds. */
  waitMs: number;
  /** How often to ask the witness. Unit: milliseconds. */
  pollMs: number;
  /** Stops waiting. The interaction is released nevertheless. */
  signal: AbortSignal;
}

/**
 * Prepares one real interaction.
 *
 * @throws InputError if the registration has no witness, or if VCC has not acknowledged it
 * @throws ConfigurationError if the account's settings are incomplete
 */
export function prepareInvoke({ registration, stack }: Selected, options: InvokeOptions): Check {
  const { witnessed, provider = "", resource } = registration;
  if (witnessed?.registeredAt === undefined) {
    throw new InputError(
      `${JSON.stringify(provider || resource)} has no witness, or is not registered yet: nothing would show what VCC uses; declare witness, and run pulumi up`,
    );
  }
  const connection = connectToVcc(registration, stack);
  const externalid = verifyIdPrefix + randomUUID();
  const releaseCommand = releaseCommandOf({ registration, stack }, options.names, externalid);
  return {
    plan: `This dispatches one real interaction of ${JSON.stringify(provider)} to the route ${JSON.stringify(options.route)} with
  ${connection.apiUrl}/Invoke
and releases it after VCC's notification, for which it waits at most ${options.waitMs / 1000} s. VCC may assign it to an agent, and
notifies the registered endpoint.
Its externalid is ${externalid}. If this process is killed, end it with:
  ${releaseCommand}`,
    run: () =>
      proveThroughVcc(witnessed, { ...options, ...connection, externalid, releaseCommand }).finally(
        connection.close,
      ),
  };
}

/** It works in this directory, whichever stack is selected. */
function releaseCommandOf(
  { registration: { provider = "", account }, stack: { directory, reference } }: Selected,
  names: readonly string[],
  externalid: string,
): string {
  return [
    ...["npx", "pulumi-vcc", "verify", "--release", externalid],
    ...(resolve(directory) === process.cwd() ? [] : ["--cwd", directory]),
    ...(reference === undefined ? [] : ["--stack", reference]),
    ...(account === undefined ? [] : ["--account", account]),
    ...["--", ...(names.length > 0 ? names : [provider])],
  ]
    .map(shellWord)
    .join(" ");
}

/** The account of a registration, and its witness. */
export function connectToVcc({ account }: Registration, stack: StackRegistrations) {
  const settings = settingsOf(account, stack.configuration, process.env);
  const caFile = caFileOf(settings, stack.directory);
  const connection = { ...loadConnection(settings), caFile };
  const clock = createClock({ log: console.error });
  const client = createRegisterClient(connection, loadCredentials(settings), { clock });
  const { witnessToken: token } = connection;
  let witness: WitnessClient | undefined;
  return {
    apiUrl: connection.apiUrl,
    invoke: client.invoke,
    close: client.close,
    /** @throws VccError */
    async askWitness(url: string): Promise<unknown> {
      if (token === undefined) throw new InputError(`set ${settings.label("witnessToken")}`);
      witness ??= createWitnessClient({ token, caFile });
      return witness.ask(url).catch((error) => {
        // A client gives up after some failures, but the receiver may restart.
        witness = undefined;
        throw error;
      });
    },
  };
}

interface Proof extends Omit<InvokeOptions, "names"> {
  externalid: string;
  /** Ends the interaction if this process is killed. */
  releaseCommand: string;
  invoke: RegisterClient["invoke"];
  askWitness(url: string): Promise<unknown>;
}

/**
 * Dispatches one real interaction, waits until the witness reports which registration VCC used for its
 * notification, and releases the interaction.
 */
async function proveThroughVcc(
  registration: WitnessedRegistration,
  { route, externalid, releaseCommand, invoke, askWitness, signal, waitMs, pollMs }: Proof,
): Promise<Checked | NotChecked> {
  const { provider } = registration;
  const url = witnessUrl(registration) ?? "";
  const ask = async () => parseEvidence(await askWitness(url));

  let before: Evidence | undefined;
  try {
    before = await ask();
  } catch (error) {
    return { reason: `${describeProblem(error, registration)}, so nothing was dispatched` };
  }
  if (before === undefined) {
    return {
      reason: "the witness responded with JSON that is not evidence, so nothing was dispatched",
    };
  }
  if (signal.aborted) return { reason: String(signal.reason) };
  const dispatched = await invoke(dispatchOf({ provider, externalid, route }), signal);
  if (dispatched.kind === "refused") return { reason: dispatched.error.message };
  const doubt =
    dispatched.kind === "unknown"
      ? ` (VCC may not have dispatched it: ${dispatched.error.message})`
      : "";
  const findings: Finding[] = [];
  let use: Use = {};
  try {
    use = await waitForUse(registration, before, { ask, signal, waitMs, pollMs });
    if (use.silence !== undefined) {
      findings.push({ id: "not used", severity: "failure", message: use.silence + doubt });
    }
  } finally {
    const released = await release({ provider, externalid }, invoke);
    if (released !== undefined) {
      const message = `${externalid} may still exist: ${released}. Run ${releaseCommand}`;
      findings.push({ id: "not released", severity: "failure", message });
    }
  }
  const { verifiedAt } = use;
  if (findings.length > 0 || verifiedAt !== undefined) return { findings, verifiedAt };
  return { reason: (use.problem ?? String(signal.reason)) + doubt };
}

/** Messages about a secret endpoint may contain its host. */
function describeProblem(error: unknown, { isSecret }: WitnessedRegistration): string {
  return isSecret ? "the witness cannot be asked" : (error as Error).message;
}

/** @returns why it may still exist; `undefined` if VCC has released it */
export async function release(
  interaction: Parameters<typeof releaseOf>[0],
  invoke: RegisterClient["invoke"],
): Promise<string | undefined> {
  const outcome = await invoke(releaseOf(interaction));
  return outcome.kind === "acknowledged" ? undefined : outcome.error.message;
}

/** What the witness has seen after the dispatch. Nothing if a signal has stopped the wait. */
interface Use {
  verifiedAt?: string;
  /** What it has seen instead of this registration. */
  silence?: string;
  /** Why that is unknown. */
  problem?: string;
}

async function waitForUse(
  registration: WitnessedRegistration,
  before: Evidence,
  {
    ask,
    signal,
    waitMs,
    pollMs,
  }: { ask: () => Promise<Evidence | undefined> } & Pick<Proof, "signal" | "waitMs" | "pollMs">,
): Promise<Use> {
  const { registrationFingerprint: own } = registration;
  const endMs = performance.now() + waitMs;
  let last: Evidence | undefined;
  let problem: string | undefined;
  while (performance.now() < endMs && !signal.aborted) {
    await sleep(Math.min(pollMs, endMs - performance.now()), undefined, { signal }).catch(() => {});
    try {
      last = await ask();
      problem = last === undefined ? "the witness sent no evidence" : undefined;
    } catch (error) {
      problem = describeProblem(error, registration);
    }
    // All times are the witness's.
    const ours = last?.registrations.find(({ registration }) => registration === own);
    if (ours !== undefined && isAfter(ours.lastSeenAt, before)) {
      return { verifiedAt: ours.lastSeenAt };
    }
  }
  if (signal.aborted) return {};
  if (problem !== undefined || last === undefined) {
    return { problem: `${problem}; nothing is known about the notification` };
  }
  return { silence: describeSilence(registration, before, last, waitMs) };
}

function describeSilence(
  { formerFingerprint }: WitnessedRegistration,
  before: Evidence,
  last: Evidence,
  waitMs: number,
): string {
  const limit = `within ${waitMs / 1000} s`;
  const [other] = last.registrations;
  if (other !== undefined && isAfter(other.lastSeenAt, before)) {
    const { registration } = other;
    return registration !== null && registration === formerFingerprint
      ? `${limit}, VCC still used the former registration (${registration}); run pulumi-vcc drift`
      : `${limit}, VCC used another registration (${registration ?? "without X-Vcc-Registration"}); run pulumi-vcc drift`;
  }
  if (isAfter(last.lastRefusedAt, before)) {
    return `${limit}, the receiver refused a request, and accepted none; check the headers that VCC has`;
  }
  return `no notification ${limit}; check that an agent is available on the route, and that VCC can reach the endpoint`;
}

function isAfter(time: string | null, { at }: Evidence): boolean {
  return time !== null && Date.parse(time) > Date.parse(at);
}
