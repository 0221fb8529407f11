import { isDeepStrictEqual } from "node:util";
import type { Candidate } from "./candidates.mts";
import { type Measurement, measure, type Role } from "./measurement.mts";
import type { Figures } from "./metrics.mts";
import { measurePhases } from "./phases.mts";
import { type Operation, operations, type Project } from "./project.mts";
import type { Server } from "./server.mts";
import { canary, createWorkload, registrationsOf, type Workload } from "./workload.mts";

const bytesPerMebibyte = 2 ** 20;
/** The engine logs each property of each registration, so more would measure its log. */
const maxLogged = 10;

/**
 * Runs all operations of one candidate, beginning with an empty state. A measurement counts only after the
 * server's registrations have been verified.
 *
 * @throws an Error that describes the unexpected result
 */
export async function runRound(
  { registers }: Candidate,
  project: Project,
  server: Server,
  count: number,
  signal?: AbortSignal,
): Promise<Figures> {
  const [first, rotated] = [createWorkload(count, 1), createWorkload(count, 2)];
  const figures: Figures = {};
  const measurements: Measurement[] = [];

  async function run(operation: Operation, declared: Workload) {
    server.resetCounts();
    const measurement = await measure(project.command(operation), signal);
    check(operation, server, registers ? registrationsOf(declared) : []);
    const { registrations } = project.state();
    if (registrations !== count) {
      throw new Error(`${operation}: the state has ${registrations} of ${count} registrations`);
    }
    figures[operation] = measurement.seconds;
    measurements.push(measurement);
  }

  server.reset();
  await project.prepare(first);
  for (const operation of operations) {
    if (operation === "edit") project.edit();
    if (operation === "rotate") await project.change(rotated);
    await run(operation, operation === "rotate" ? rotated : first);
    const { token, register, read } = server.counts();
    if (operation === "up") {
      figures.tokenRequests = token;
      figures.apiRequests = register + read;
      const { text, textWithoutRegistrations } = project.state();
      figures.stateBytes =
        (Buffer.byteLength(text) - Buffer.byteLength(textWithoutRegistrations)) / count;
    }
    if (operation === "noop") figures.noopRequests = token + register + read;
    if (operation === "preview" && project.driftReport !== undefined) {
      // It succeeds only if every registration is in sync.
      figures.drift = (await measure(project.driftReport(), signal)).seconds;
    }
  }
  if (count <= maxLogged && project.logCommand !== undefined) {
    Object.assign(figures, await measurePhases(project.logCommand(), signal));
  }
  // A candidate that sends nothing cannot be verified on the server. A preview without changes proves that it
  // applied the change.
  await measure(project.command("preview"), signal);
  return {
    ...figures,
    ...peak("engine", measurements),
    ...peak("provider", measurements),
    canaries: project.state().text.split(canary).length - 1,
  };
}

function check(
  operation: Operation,
  server: Server,
  expected: ReturnType<typeof registrationsOf>,
): void {
  requireRegistered(operation, server, expected);
  const { register } = server.counts();
  if (register > 0 && ["preview", "noop", "edit"].includes(operation)) {
    throw new Error(`${operation}: ${register} Register requests, although nothing had changed`);
  }
}

/** @throws an Error that begins with the label, if the server does not hold exactly these */
export function requireRegistered(
  label: string,
  server: Server,
  expected: ReturnType<typeof registrationsOf>,
): void {
  const found = new Map(server.registrations().map((each) => [each.provider, each]));
  const matching = expected.filter((each) => isDeepStrictEqual(found.get(each.provider), each));
  if (matching.length !== expected.length || found.size !== expected.length) {
    throw new Error(
      `${label}: the server has ${found.size} registrations; ` +
        `${matching.length} of the ${expected.length} declared ones match`,
    );
  }
}

function peak(role: Role, measurements: Measurement[]): Figures {
  const peaks = measurements.flatMap(({ peakMemory }) => peakMemory[role] ?? []);
  return peaks.length === 0 ? {} : { [`${role}Memory`]: Math.max(...peaks) / bytesPerMebibyte };
}
