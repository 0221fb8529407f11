import { createClock } from "../../provider/vcc/clock";
import { resetSettings } from "../../provider/vcc/provider-settings";
import { createRegisterClient } from "../../provider/vcc/register-client";
import { contradictionOf, describeResponse } from "../../provider/vcc/response";
import { type Probe, probes, type Reading, testName } from "./probes";
import type { ConformanceReport, Result } from "./schema";
import { createSession, NotSentError, type Session, type Target } from "./session";

/** What a run sends, to which host and with which client. */
export function describePlan({ connection, credentials }: Target): string {
  const client =
    "clientId" in credentials ? `the client ${credentials.clientId}` : "an access token";
  // With one for the token, and two for the reset.
  const requests = new Set(probes.map(({ send }) => send)).size + 3;
  return `This sends at most ${requests} requests, unless the rate limit refuses some, with ${client} to
  ${connection.authUrl}
  ${connection.apiUrl}
It registers the name ${testName} and resets it at the end. VCC cannot delete it, so it remains.`;
}

/** Sends each request of the table once, and resets the registration, even if it is stopped. */
export async function checkConformance(
  target: Target,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<ConformanceReport> {
  const { region, apiUrl, authUrl } = target.connection;
  const at = new Date().toISOString();
  const session = createSession(target, signal, log);
  const { results, problems } = await runProbes(session, signal, `${apiUrl}/Register`);
  await session.close();
  const names: ConformanceReport["names"] = [];
  if (results.some(({ id, verdict }) => id === "register" && verdict !== "not asked")) {
    const problem = await reset(target, log);
    if (problem !== undefined) problems.push(problem);
    names.push({ name: testName, reset: problem === undefined });
  }
  const contradicts = results.some(({ verdict }) => verdict === "contradicts");
  const known = results.flatMap(({ id, value }) => (value === null ? [] : [[id, value] as const]));
  return {
    version: 1,
    ...{ at, region, apiUrl, authUrl },
    outcome: contradicts ? "contradicts" : problems.length > 0 ? "incomplete" : "as documented",
    requests: session.requests(),
    results,
    behavior: Object.fromEntries(known),
    ...{ problems, names },
  };
}

async function runProbes(session: Session, signal: AbortSignal, url: string) {
  const responses = new Map<Probe["send"], ReturnType<Probe["send"]>>();
  const results: Result[] = [];
  const problems: string[] = [];
  let stopped: string | undefined;

  async function ask({ id, documented, send, expect }: Probe): Promise<Result> {
    const none = { id, documented, value: null };
    if (stopped !== undefined) return { ...none, verdict: "not asked", evidence: stopped };
    try {
      const pending = responses.get(send) ?? send(session);
      responses.set(send, pending);
      const response = await pending;
      const contradiction = id === "register" ? contradictionOf(response, url) : undefined;
      const reading = contradiction === undefined ? expect(response) : undefined;
      // The evidence must not contain a token.
      const shown = response.body.includes("access_token") ? { ...response, body: "" } : response;
      const evidence = contradiction ?? describeResponse(shown, [...session.secrets]);
      const isRequired = id === "token" || id === "register";
      if (isRequired && reading === undefined) stopped = evidence;
      const value = typeof reading === "object" ? reading.value : null;
      return { id, documented, verdict: verdictOf(reading), value, evidence };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof NotSentError)
        return { ...none, verdict: "not asked", evidence: message };
      // Other requests would wait as long for nothing.
      stopped = signal.aborted ? String(signal.reason) : message;
      return { ...none, verdict: "unclear", evidence: stopped };
    }
  }

  for (const probe of probes) {
    if (signal.aborted && stopped === undefined) {
      stopped = String(signal.reason);
      problems.push(stopped);
    }
    const result = await ask(probe);
    results.push(result);
    const { id, verdict, evidence } = result;
    if (verdict === "unclear") problems.push(`${id} remains unclear: ${evidence}`);
  }
  return { results, problems };
}

function verdictOf(reading: Reading | undefined): Result["verdict"] {
  if (reading === undefined) return "unclear";
  if (typeof reading === "object") return "observed";
  return reading ? "as documented" : "contradicts";
}

/** @returns why VCC has not acknowledged it; `undefined` if it has */
async function reset({ connection, credentials }: Target, log: (line: string) => void) {
  const client = createRegisterClient(connection, credentials, { clock: createClock({ log }) });
  try {
    const outcome = await client.register(resetSettings(testName));
    if (outcome.kind === "acknowledged") return undefined;
    const state = outcome.kind === "refused" ? "is not reset" : "may not be reset";
    return `${testName} ${state}: ${outcome.error.message}`;
  } finally {
    await client.close();
  }
}
