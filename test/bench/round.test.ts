import type { Contestant } from "../../bench/contestants.mts";
import type { Operation, Project, State } from "../../bench/project.mts";
import { runRound } from "../../bench/round.mts";
import type { Server } from "../../bench/server.mts";
import { registrationsOf, type Workload } from "../../bench/workload.mts";

const contestant: Contestant = {
  name: "stand-in",
  title: "Stand-in",
  registers: true,
  createProject: () => {
    throw new Error("not needed here");
  },
};

/**
 * A server and a project without engine: what an operation would do is done when its command is
 * asked for, and the command itself does nothing.
 */
function stage({
  exitCode = () => 0,
  register = (operation) => operation === "up" || operation === "rotate",
  change = (registrations) => registrations,
  state = (count) => ({
    text: "x".repeat(count * 10 + 5),
    textWithout: "12345",
    registrations: count,
  }),
}: {
  /** Of the command, by operation, and how many came before. */
  exitCode?: (operation: Operation, before: number) => number;
  register?: (operation: Operation) => boolean;
  change?: (registrations: ReturnType<typeof registrationsOf>) => typeof registrations;
  state?: (count: number) => State;
} = {}) {
  let declared: Workload | undefined;
  let commands = 0;
  let registrations: ReturnType<typeof registrationsOf> = [];
  let counts = { token: 0, register: 0, read: 0 };
  const server = {
    registrations: () => registrations,
    counts: () => counts,
    resetCounts() {
      counts = { token: 0, register: 0, read: 0 };
    },
    reset() {
      registrations = [];
    },
  } as Server;
  const project: Project = {
    async begin(workload) {
      declared = workload;
    },
    async change(workload) {
      declared = workload;
    },
    command(operation) {
      if (declared !== undefined && register(operation)) {
        registrations = change(registrationsOf(declared));
        counts = { token: 1, register: registrations.length, read: 0 };
      }
      const script = `process.exit(${exitCode(operation, commands++)})`;
      return { program: process.execPath, args: ["-e", script], cwd: __dirname, env: {} };
    },
    state: () => state(declared?.count ?? 0),
  };
  return { server, project };
}

describe("a round", () => {
  it("measures each operation, and what it needed", async () => {
    const { server, project } = stage();
    const figures = await runRound(contestant, project, server, 3);
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

  it("counts the secrets that stand in clear in the state", async () => {
    const leaky = stage({
      state: () => ({ text: "canary-a canary-b", textWithout: "", registrations: 3 }),
    });
    const figures = await runRound(contestant, leaky.project, leaky.server, 3);
    expect(figures.canaries).toBe(2);
  });

  it("expects nothing at the server of who registers nothing", async () => {
    const idle = { ...contestant, registers: false };
    const { server, project } = stage({ register: () => false });
    expect(await runRound(idle, project, server, 3)).toMatchObject({ apiRequests: 0 });
    const busy = stage();
    await expect(runRound(idle, busy.project, busy.server, 3)).rejects.toThrow(
      /^up: the server has 3 registrations, and 0 of the 0/,
    );
  });

  it("ends early, and with it its command", async () => {
    const { server, project } = stage();
    const interruption = new AbortController();
    const command = project.command("up");
    project.command = () => ({ ...command, args: ["-e", "setTimeout(() => {}, 60_000)"] });
    const round = runRound(contestant, project, server, 3, interruption.signal);
    setTimeout(() => interruption.abort(), 100);
    await expect(round).rejects.toThrow(/aborted/);
  });

  it.each<[string, Parameters<typeof stage>[0], RegExp]>([
    [
      "nothing arrived at the server",
      { register: () => false },
      /^up: the server has 0 registrations, and 0 of the 3 that are declared$/,
    ],
    [
      "the command fails, whatever has arrived",
      { exitCode: (operation) => (operation === "noop" ? 3 : 0) },
      /-e ended with 3:/,
    ],
    [
      "there is one too many",
      { change: (all) => [...all, { ...all[0], provider: "Other" } as never] },
      /^up: the server has 4 registrations, and 3 of the 3/,
    ],
    [
      "the change is still to be made afterwards",
      { exitCode: (operation, before) => (operation === "preview" && before > 3 ? 1 : 0) },
      /-e ended with 1:/,
    ],
    [
      "one is missing",
      { change: (all) => all.slice(1) },
      /^up: the server has 2 .* and 2 of the 3/,
    ],
    [
      "one has another header",
      { change: ([first, ...rest]) => [{ ...first, headers: {} } as never, ...rest] },
      /^up: the server has 3 registrations, and 2 of the 3/,
    ],
    [
      "the changed header did not arrive",
      { register: (operation) => operation === "up" },
      /^rotate: the server has 3 registrations, and 0 of the 3/,
    ],
    [
      "something was sent although nothing had changed",
      { register: () => true },
      /^preview: 3 registrations, although nothing had changed$/,
    ],
    [
      "the state has forgotten one",
      { state: () => ({ text: "", textWithout: "", registrations: 2 }) },
      /^up: the state has 2 of 3$/,
    ],
  ])("fails when %s", async (_case, options, message) => {
    const { server, project } = stage(options);
    await expect(runRound(contestant, project, server, 3)).rejects.toThrow(message);
  });
});
