import type { Operation, Project, State } from "../../bench/project.mts";
import { runRound } from "../../bench/round.mts";
import type { Server } from "../../bench/server.mts";
import { registrationsOf, type Workload } from "../../bench/workload.mts";

/**
 * A fake server and a fake project without an engine. An operation takes effect when its command is
 * requested; the command itself does nothing.
 */
function createFakes({
  exitCode = () => 0,
  register = (operation) => operation === "up" || operation === "rotate",
  change = (registrations) => registrations,
  state = (count) => ({
    text: "x".repeat(count * 10 + 5),
    textWithoutRegistrations: "12345",
    registrations: count,
  }),
}: {
  /** The exit code of the command, by operation and number of earlier commands. */
  exitCode?: (operation: Operation, before: number) => number;
  register?: (operation: Operation) => boolean;
  change?: (registrations: ReturnType<typeof registrationsOf>) => typeof registrations;
  state?: (count: number) => State;
} = {}) {
  let declared: Workload | undefined;
  let commands = 0;
  let registrations: ReturnType<typeof registrationsOf> = [];
  const server: Server = {
    ...{ url: "", apiUrl: "", authUrl: "", clientId: "", close: async () => {} },
    registrations: () => registrations,
    counts: { token: 0, register: 0, read: 0 },
    resetCounts() {
      server.counts = { token: 0, register: 0, read: 0 };
    },
    reset() {
      registrations = [];
    },
  };
  const project: Project = {
    async prepare(workload) {
      declared = workload;
    },
    async change(workload) {
      declared = workload;
    },
    command(operation) {
      if (declared !== undefined && register(operation)) {
        registrations = change(registrationsOf(declared));
        server.counts = { token: 1, register: registrations.length, read: 0 };
      }
      const script = `process.exit(${exitCode(operation, commands++)})`;
      return { program: process.execPath, args: ["-e", script], cwd: __dirname, env: {} };
    },
    state: () => state(declared?.count ?? 0),
  };
  return { servers: [server], project };
}

describe("a round", () => {
  it("measures each operation, and counts its requests", async () => {
    const { servers, project } = createFakes();
    const figures = await runRound(project, servers, 3);
    expect(figures).toMatchObject({
      tokenRequests: 1,
      apiRequests: 3,
      noopRequests: 0,
      stateBytes: 10,
      canaries: 0,
    });
    for (const operation of ["up", "preview", "noop", "rotate"] as const) {
      expect(figures[operation]).toBeGreaterThan(0);
    }
  });

  it("counts the secrets in clear text in the state", async () => {
    const leaky = createFakes({
      state: () => ({ text: "canary-a canary-b", textWithoutRegistrations: "", registrations: 3 }),
    });
    const figures = await runRound(leaky.project, leaky.servers, 3);
    expect(figures.canaries).toBe(2);
  });

  it("expects no registrations from a candidate that registers nothing", async () => {
    const idle = { idle: true };
    const { servers, project } = createFakes({ register: () => false });
    expect(await runRound(project, servers, 3, idle)).toMatchObject({ apiRequests: 0 });
    const busy = createFakes();
    await expect(runRound(busy.project, busy.servers, 3, idle)).rejects.toThrow(
      /^up: the server has 3 registrations; 0 of the 0 declared/,
    );
  });

  it("aborts its command when it is aborted", async () => {
    const { servers, project } = createFakes();
    const abortController = new AbortController();
    const command = project.command("up");
    project.command = () => ({ ...command, args: ["-e", "setTimeout(() => {}, 60_000)"] });
    const round = runRound(project, servers, 3, { signal: abortController.signal });
    setTimeout(() => abortController.abort(), 100);
    await expect(round).rejects.toThrow(/aborted/);
  });

  it.each<[string, Parameters<typeof createFakes>[0], RegExp]>([
    [
      "nothing arrived at the server",
      { register: () => false },
      /^up: the server has 0 registrations; 0 of the 3 declared ones match$/,
    ],
    [
      "the command fails, whatever has arrived",
      { exitCode: (operation) => (operation === "noop" ? 3 : 0) },
      /-e exited with 3:/,
    ],
    [
      "there is one too many",
      { change: (all) => [...all, { ...all[0], provider: "Other" } as never] },
      /^up: the server has 4 registrations; 3 of the 3 declared/,
    ],
    [
      "the change is still pending afterwards",
      { exitCode: (operation, before) => (operation === "preview" && before > 3 ? 1 : 0) },
      /-e exited with 1:/,
    ],
    [
      "one is missing",
      { change: (all) => all.slice(1) },
      /^up: the server has 2 registrations; 2 of the 3 declared/,
    ],
    [
      "one has another header",
      { change: ([first, ...rest]) => [{ ...first, headers: {} } as never, ...rest] },
      /^up: the server has 3 registrations; 2 of the 3 declared/,
    ],
    [
      "the changed header did not arrive",
      { register: (operation) => operation === "up" },
      /^rotate: the server has 3 registrations; 0 of the 3 declared/,
    ],
    [
      "something was sent although nothing had changed",
      { register: () => true },
      /^preview: 3 Register requests without a change$/,
    ],
    [
      "the state lacks one",
      { state: () => ({ text: "", textWithoutRegistrations: "", registrations: 2 }) },
      /^up: the state has 2 of 3 registrations$/,
    ],
  ])("fails when %s", async (_case, options, message) => {
    const { servers, project } = createFakes(options);
    await expect(runRound(project, servers, 3)).rejects.toThrow(message);
  });
});
