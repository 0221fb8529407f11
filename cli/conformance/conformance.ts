import type { Behavior } from "../../emulator";
import { createClock } from "../../provider/vcc/clock";
import { resetSettings } from "../../provider/vcc/provider-settings";
import { createRegisterClient } from "../../provider/vcc/register-client";
import { contradictionOf, describeResponse } from "../../provider/vcc/response";
import { type Probe, probes, type Reading, testName } from "./probes";
import { createSession, NotSentError, type Session } from "./session";
import type { Target } from "./target";

interface Result extends Pick<Probe, "id" | "documented"> {
  verdict: "as documented" | "contradicts" | "observed" | "unclear" | "not asked";
  /** The value of the emulator's switch; `null` for others, and if it is not known. */
  value: string | number | boolean | null;
  /** The response, redacted, or why there is none. */
  evidence: string;
}

/** @see schemas/conformance-1.schema.json */
export interface ConformanceReport {
  version: 1;
  /** When the run began: UTC, RFC 3339. */
  at: string;
  region: string;
  apiUrl: string;
  authUrl: string;
  outcome: "as documented" | "contradicts" | "incomplete";
  requests: number;
  results: Result[];
  /** What `pulumi-vcc emulator --behavior-file` takes. */
  behavior: Partial<Behavior>;
  /** Why not everything could be asked. */
  problems: string[];
  /** The names that remain at VCC, which cannot delete them. */
  names: Array<{ name: string; reset: boolean }>;
}

/** What a run sends, to which host and with which client. */
export function describePlan({ connection, credentials }: Target): string {
  const client =
    "clientId" in credentials ? `the client ${credentials.clientId}` : "an access token";
  return `This sends about ${probes.length} requests with ${client} to
  ${connection.authUrl}
  ${connection.apiUrl}
It registers the name ${testName} and resets it at the end. VCC cannot delete it, so it remains.`;
}

/** Sends what the table says, each request once, and resets the registration, also if it is stopped. */
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
    problems.push(...(problem ?? []));
    names.push({ name: testName, reset: problem === undefined });
  }
  const contradicts = results.some(({ verdict }) => verdict === "contradicts");
  const known = results.filter(({ value }) => value !== null);
  return {
    version: 1,
    ...{ at, region, apiUrl, authUrl },
    outcome: contradicts ? "contradicts" : problems.length > 0 ? "incomplete" : "as documented",
    requests: session.requests(),
    results,
    behavior: Object.fromEntries(known.map(({ id, value }) => [id, value])),
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
      // A token is never shown.
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
      // Without a response, others would only wait for one as long.
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

/** @returns why VCC has not acknowledged it */
async function reset({ connection, credentials }: Target, log: (line: string) => void) {
  const clock = createClock({ log });
  const client = createRegisterClient(connection, credentials, { clock });
  try {
    const outcome = await client.register(resetSettings(testName));
    if (outcome.kind === "acknowledged") return undefined;
    const state = outcome.kind === "refused" ? "is not reset" : "may not be reset";
    return [`${testName} ${state}: ${outcome.error.message}`];
  } finally {
    await client.close();
  }
}
