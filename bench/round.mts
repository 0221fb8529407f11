import { isDeepStrictEqual } from "node:util";
import { measure } from "./measurement.mts";
import { operations, type Project } from "./project.mts";
import type { Server } from "./server.mts";
import { canary, createWorkload, registrationsOf, type Workload } from "./workload.mts";

/** Seconds of each operation, MiB, bytes and counts, as `columns` of `table.mts` describes them. */
export type Figures = Record<string, number>;

/**
 * Runs all operations of one candidate, beginning with an empty state. A measurement counts only after the
 * servers' registrations have been verified.
 *
 * @param idle whether the candidate sends nothing
 * @throws an Error that describes the unexpected result
 */
export async function runRound(
  project: Project,
  servers: readonly Server[],
  count: number,
  { idle = false, signal }: { idle?: boolean | undefined; signal?: AbortSignal } = {},
): Promise<Figures> {
  const figures: Figures = {};
  const raise = (figure: string, value: number) => {
    figures[figure] = Math.max(figures[figure] ?? 0, value);
  };
  const total = (...kinds: Array<keyof Server["counts"]>) =>
    servers.flatMap(({ counts }) => kinds.map((kind) => counts[kind])).reduce((a, b) => a + b);
  let declared = createWorkload(count, 1);
  for (const server of servers) server.reset();
  await project.prepare(declared, servers);
  for (const operation of operations) {
    if (operation === "rotate") {
      declared = createWorkload(count, 2);
      await project.change(declared);
    }
    for (const server of servers) server.resetCounts();
    const measured = await measure(project.command(operation), signal);
    requireRegistered(operation, servers, idle ? { ...declared, count: 0 } : declared);
    if (total("register") > 0 && (operation === "preview" || operation === "noop")) {
      throw new Error(`${operation}: ${total("register")} Register requests without a change`);
    }
    const { text, textWithoutRegistrations, registrations } = project.state();
    if (registrations !== count) {
      throw new Error(`${operation}: the state has ${registrations} of ${count} registrations`);
    }
    figures[operation] = measured.seconds;
    raise("engineMemory", measured.engineMemory);
    raise("providerMemory", measured.providerMemory);
    if (operation === "noop") figures.noopRequests = total("token", "register", "read");
    if (operation !== "up") continue;
    figures.tokenRequests = total("token");
    figures.apiRequests = total("register", "read");
    figures.stateBytes =
      (Buffer.byteLength(text) - Buffer.byteLength(textWithoutRegistrations)) / count;
  }
  // A candidate that sends nothing cannot be verified on the server. A preview without changes proves that it
  // applied the change.
  await measure(project.command("preview"), signal);
  figures.canaries = project.state().text.split(canary).length - 1;
  return figures;
}

function requireRegistered(label: string, servers: readonly Server[], declared: Workload): void {
  const expected = registrationsOf(declared);
  const found = new Map(
    servers.flatMap((server) => server.registrations()).map((one) => [one.provider, one]),
  );
  const matching = expected.filter((one) => isDeepStrictEqual(found.get(one.provider), one));
  if (matching.length !== expected.length || found.size !== expected.length) {
    throw new Error(
      `${label}: the server has ${found.size} registrations; ` +
        `${matching.length} of the ${expected.length} declared ones match`,
    );
  }
}
