import { openJournal } from "../../../cli/conformance/journal";
import type { Probe } from "../../../cli/conformance/probes";
import { type Findings, runProbes } from "../../../cli/conformance/run";
import { createSession, type SessionOptions } from "../../../cli/conformance/session";
import { createClock } from "../../../provider/client/clock";

/** Time that passes only while somebody waits. */
export function virtualTime() {
  let nowMs = Date.now();
  const clock = createClock({
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    log: () => {},
  });
  return { clock, now: () => nowMs };
}

export interface Run {
  findings: Findings;
  requests: number;
  notReset: string[];
}

/** Asks a server with a client, and resets. */
export async function run(
  server: { apiUrl: string; authUrl: string },
  directory: string,
  options: Partial<SessionOptions> & { probes?: readonly Probe[] } = {},
): Promise<Run> {
  const { probes, ...others } = options;
  const signal = new AbortController().signal;
  const session = createSession({
    connection: {
      region: "emea",
      ...server,
      clientAuthentication: "form",
      maxConcurrency: 1,
      totalTimeoutMs: 300_000,
    },
    credentials: { clientId: "emulator", clientSecret: "emulator-secret" },
    clock: virtualTime().clock,
    journal: await openJournal("account", "pulumi-vcc-conformance-test", directory),
    signal,
    run: "pulumi-vcc-conformance-test",
    requestsPerMinute: 120,
    attemptTimeoutMs: 10_000,
    ...others,
  });
  try {
    const findings = await runProbes(session, signal, probes);
    const notReset = await session.reset();
    return { findings, requests: session.requests(), notReset };
  } finally {
    await session.close();
  }
}
