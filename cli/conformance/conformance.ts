import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createClock } from "../../provider/client/clock";
import { type Connection, loadConnection } from "../../provider/config/connection";
import { type Credentials, loadCredentials } from "../../provider/config/credentials";
import {
  accountSources,
  type Configuration,
  type Environment,
  loadNamedAccounts,
  stackSources,
} from "../../provider/config/setting-sources";
import { accountFingerprint } from "../../provider/registration/fingerprint";
import { type CallbacksOptions, listenForCallbacks } from "./callbacks";
import { openJournal } from "./journal";
import { type ConformanceReport, outcomeOf } from "./report";
import { runProbes } from "./run";
import { createSession, maxRequests } from "./session";

export interface Target {
  connection: Connection;
  credentials: Credentials;
  /** How messages name the setting of the certificate file. */
  caFileLabel: string;
}

/** @throws ConfigurationError */
export function loadTarget(
  environment: Environment,
  account: string | undefined,
  configuration: Configuration = () => undefined,
): Target {
  const flat = stackSources(configuration, environment);
  const sources =
    account === undefined
      ? flat
      : accountSources(account, loadNamedAccounts(configuration, environment), flat);
  return {
    connection: loadConnection(sources),
    credentials: loadCredentials(sources),
    caFileLabel: sources.label("caFile"),
  };
}

/** What a run sends, to which host and with which client. */
export function describePlan(
  { connection: { apiUrl, authUrl }, credentials }: Target,
  listens: boolean,
): string {
  const client =
    "clientId" in credentials ? `the client ${credentials.clientId}` : "an access token";
  return `This sends at most ${maxRequests} requests with ${client} to
  ${authUrl}
  ${apiUrl}
It registers throw-away names that begin with pulumi-vcc-conformance, in lower or upper case, and resets each at the end.
VCC cannot delete them, so they remain.${
    listens ? "\nIt also dispatches interactions to the route, which agents may notice." : ""
  }`;
}

export interface ConformanceOptions {
  signal: AbortSignal;
  requestsPerMinute: number;
  endpoint?: string | undefined;
  listen?: (CallbacksOptions & { route: string; propagationMs: number }) | undefined;
  /** Writes one line to the terminal. */
  log(line: string): void;
}

/** Asks an account, and resets what it registered, also if it is stopped. */
export async function checkConformance(
  { connection, credentials, caFileLabel }: Target,
  { signal, requestsPerMinute, endpoint, listen, log }: ConformanceOptions,
): Promise<ConformanceReport> {
  const startedAtMs = Date.now();
  const run = `pulumi-vcc-conformance-${randomBytes(6).toString("hex")}`;
  const { region, apiUrl, authUrl } = connection;
  // A token does not identify its client: another one may belong to another account.
  const clientId = "clientId" in credentials ? credentials.clientId : credentials.accessToken;
  const account = accountFingerprint({ clientId, apiUrl: new URL(apiUrl).href }, "conformance");
  const journal = await openJournal(account, run);
  for (const name of journal.earlierNames) {
    log(`An earlier run left ${JSON.stringify(name)}; this one resets it`);
  }
  if (journal.remaining > 0) {
    log(`Earlier runs left ${journal.remaining} more names; run it again to reset them`);
  }
  const callbacks = listen && (await listenForCallbacks(listen));
  const session = createSession({
    connection,
    credentials,
    caFileLabel,
    journal,
    run,
    signal,
    requestsPerMinute,
    endpoint,
    clock: createClock({ sleep, log }),
    attemptTimeoutMs: 15_000,
    listening: listen &&
      callbacks && {
        callbacks: { ...callbacks, url: endpoint ?? callbacks.url },
        route: listen.route,
        propagationMs: listen.propagationMs,
      },
  });
  try {
    // Whatever fails, the names are reset.
    const findings = await runProbes(session, signal).catch((error: Error) => {
      const problem = signal.aborted ? String(signal.reason) : error.message;
      return { results: [], behaviour: {}, problems: [problem] };
    });
    const notReset = await session.reset();
    if (notReset.length > 0) findings.problems.push("not all names could be reset; run it again");
    return {
      version: 1,
      at: new Date(startedAtMs).toISOString(),
      region,
      apiUrl,
      authUrl,
      outcome: outcomeOf(findings),
      requests: session.requests(),
      durationMs: Date.now() - startedAtMs,
      ...findings,
      names: session.sentNames().map((name) => ({ name, reset: !notReset.includes(name) })),
    };
  } finally {
    callbacks?.close();
    await session.close();
  }
}
