import type { Behaviour } from "../../emulator";
import { VccError } from "../../provider/errors";
import { probes as allProbes, type Probe, type Reading } from "./probes";
import { type Question, questions } from "./questions";
import { type Exchange, NotAskedError, type Session } from "./session";

type Verdict =
  | "as documented"
  | "contradicts"
  | "observed"
  | "unclear"
  | "not asked"
  | "cannot be told";

/** What is known about one line of the table. */
export interface Result extends Pick<Probe, "id" | "kind" | "statement" | "documented"> {
  verdict: Verdict;
  /** What was seen; `null` if nothing was. */
  seen: string | null;
  /** The value of the switch; `null` for others, and if it is not known. */
  value: string | number | boolean | null;
  /** The response, redacted, or why there is none. */
  evidence: string;
  /** What breaks, and what to do; `null` unless this package relies on it and VCC differs. */
  breaks: string | null;
  advice: string | null;
}

export interface Findings {
  results: Result[];
  /** The switches whose values are known. */
  behaviour: Partial<Behaviour>;
  /** Why not everything could be asked. */
  problems: string[];
}

/** More failures than this mean that the server does not respond at all. */
const maxFailures = 2;

/**
 * Asks every question that can be asked, each once, and reads each answer for every probe.
 *
 * @throws the reason of the session's signal if that stops the run
 */
export async function runProbes(
  session: Session,
  signal: AbortSignal,
  probes: readonly Probe[] = allProbes,
): Promise<Findings> {
  const answers = new Map<unknown, Promise<{ evidence: string }>>();
  const problems: string[] = [];
  let failures = 0;
  let stopped: string | undefined;

  function ask<Answer extends { evidence: string }>(question: Question<Answer>): Promise<Answer> {
    const answer = answers.get(question) ?? question.ask(session);
    answers.set(question, answer);
    return answer as Promise<Answer>;
  }

  /** Without a token, or without a registration, the server is not VCC, or not for this client. */
  async function requireAnswer(
    question: Question<Exchange>,
    problem: string,
  ): Promise<string | undefined> {
    try {
      const { response, evidence } = await ask(question);
      if (response.status < 300) return undefined;
      return `${problem}: ${evidence}`;
    } catch (error) {
      if (!isExpected(error)) throw error;
      return `${problem}: ${error.message}`;
    }
  }

  if (session.hasClient) stopped = await requireAnswer(questions.token, "VCC issued no token");
  let refused: string | undefined;
  if (stopped === undefined) {
    refused = await requireAnswer(questions.register, "VCC did not accept a registration");
    const registered = await answers.get(questions.register)?.catch(() => undefined);
    // Without any response, others would only wait for one as long.
    if (registered === undefined) stopped = refused;
  }
  if (stopped ?? refused) problems.push(stopped ?? refused ?? "");

  function reasonNotToAsk(needs: Question<Exchange>["needs"]): string | undefined {
    if (stopped !== undefined) return stopped;
    if (needs === "client" && !session.hasClient) return "an access token is configured";
    if (needs === "registration" || needs === "callbacks") {
      if (refused !== undefined) return refused;
    }
    if (needs === "callbacks" && !session.listening) return "it needs --listen and --route";
    return undefined;
  }

  async function answer(probe: Probe): Promise<Result> {
    if ("unknowable" in probe) {
      const limited = probe.id === "rateLimit" ? session.limited() : undefined;
      return resultOf(probe, "cannot be told", limited?.evidence ?? probe.unknowable);
    }
    const reason = reasonNotToAsk(probe.question.needs);
    if (reason !== undefined) return resultOf(probe, "not asked", reason);
    const isNew = !answers.has(probe.question);
    try {
      const { evidence, ...rest } = await ask(probe.question);
      const reading = probe.read({ evidence, ...rest });
      return resultOf(probe, verdictOf(probe, reading), evidence, reading);
    } catch (error) {
      signal.throwIfAborted();
      if (!isExpected(error)) throw error;
      if (error instanceof NotAskedError) {
        if (error.isLimit) stopped = error.message;
        if (!problems.includes(error.message)) problems.push(error.message);
        return resultOf(probe, "not asked", error.message);
      }
      if (isNew) failures += 1;
      if (failures > maxFailures) {
        stopped = error.message;
        problems.push(error.message);
      }
      return resultOf(probe, "unclear", error.message);
    }
  }

  const results: Result[] = [];
  for (const probe of probes) results.push(await answer(probe));
  const unclear = results.filter(({ verdict }) => verdict === "unclear");
  if (unclear.length > 0 && problems.length === 0) {
    problems.push(`the answers say nothing about ${unclear.map(({ id }) => id).join(", ")}`);
  }
  const known = results.filter(({ kind, value }) => kind === "switch" && value !== null);
  return {
    results,
    behaviour: Object.fromEntries(known.map(({ id, value }) => [id, value])),
    problems,
  };
}

function isExpected(error: unknown): error is VccError | NotAskedError {
  return error instanceof VccError || error instanceof NotAskedError;
}

function verdictOf({ kind }: Probe, reading: Reading | undefined): Verdict {
  if (reading === undefined) return "unclear";
  if (reading.contradicts) return "contradicts";
  if (kind === "switch") return reading.value === undefined ? "cannot be told" : "observed";
  return kind === "promise" ? "as documented" : "observed";
}

function resultOf(
  { id, kind, statement, documented, reliance }: Probe,
  verdict: Verdict,
  evidence: string,
  reading?: Reading,
): Result {
  const differs = verdict === "contradicts";
  return {
    id,
    kind,
    statement,
    documented,
    verdict,
    seen: reading?.seen ?? null,
    value: reading?.value ?? null,
    evidence,
    breaks: (differs && reliance?.breaks) || null,
    advice: (differs && (reliance?.advice ?? "tell VCC's support, and send this report")) || null,
  };
}
