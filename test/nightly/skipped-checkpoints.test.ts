import { descendantsOf, signal, startEngine, until } from "../end-to-end/engine";
import { environmentOf, leastPowerful, sceneWith } from "../end-to-end/project";

const count = 12;
/** Low enough to interrupt in the middle, since each registration takes 150 ms here. */
const interruptedAfter = 4;

const program = (version: number) => `
import { bearer, VccProvider } from "pulumi-vcc";
for (let i = 0; i < ${count}; i++) {
  new VccProvider(\`crm-\${i}\`, {
    provider: \`Crm\${i}\`,
    endpoint: "https://crm.example.com/vcc",
    headers: { Authorization: bearer("version-${version}") },
    agentActionsPermitted: {},
  });
}`;

// The engine's processes are found in /proc.
const onLinux = process.platform === "linux" ? it : it.skip;

// Verifies what docs/how-it-works.md says.
describe("an engine that skips checkpoints", () => {
  const scene = sceneWith("clone");
  const versions = () =>
    scene.emulator.registrations().map(({ headers }) => headers?.Authorization?.slice(-1));

  beforeEach(() => {
    const { project, emulator, credentials } = scene;
    emulator.behavior.latencyMs = 150;
    project.setEnvironment({
      ...environmentOf(emulator, credentials),
      PULUMI_SKIP_CHECKPOINTS: "true",
    });
  });

  it("writes its results after a rejected registration, and after Ctrl-C", async () => {
    const { project, emulator } = scene;
    const registered = () => emulator.registrations().map(({ provider }) => provider);
    project.write(program(1));
    emulator.fail({ target: "register", fault: { kind: "status", status: 400 } });
    await expect(project.stack.up()).rejects.toThrow("400");
    expect(registered().length).toBeGreaterThan(0);
    expect(registered().length).toBeLessThan(count);
    expect((await namesInState()).sort()).toEqual(registered().sort());
    await project.stack.up();
    expect((await namesInState()).sort()).toEqual(registered().sort());

    project.write(program(2));
    // As a terminal sends it.
    const ctrlC = (pid: number) => signal(-pid, "SIGINT");
    expect(await inTheMiddleOf("up", ctrlC)).not.toBe(0);
    const changed = versions().filter((version) => version === "2").length;
    expect(changed).toBeGreaterThanOrEqual(interruptedAfter);
    expect(changed).toBeLessThan(count);
    const { changeSummary } = await project.stack.preview();
    expect(changeSummary).toEqual({ same: 1 + changed, update: count - changed });
  }, 120_000);

  onLinux(
    "if killed, is repaired by repeating the same operation, and by no other",
    async () => {
      const { project, emulator } = scene;
      const { stack } = project;

      project.write(program(1));
      await kill("up");
      expect(emulator.registrations().length).toBeGreaterThanOrEqual(interruptedAfter);
      expect(emulator.registrations().length).toBeLessThan(count);
      expect(await namesInState()).toEqual([]);
      // If the names are no longer declared, nothing will reset them.
      project.write("export {};");
      expect((await stack.preview()).changeSummary).toEqual({ create: 1 });
      project.write(program(1));
      await stack.up();
      expect(versions()).toEqual(Array(count).fill("1"));
      await stack.preview({ expectNoChanges: true });

      project.write(program(2));
      await kill("up");
      await stack.up();
      expect(versions()).toEqual(Array(count).fill("2"));

      project.write(program(3));
      await kill("up");
      expect(versions()).toContain("3");
      // Reverting the change reports no changes, although VCC holds it.
      project.write(program(2));
      await stack.up({ expectNoChanges: true });
      expect(versions()).toContain("3");
      const urns = (await registrationsInState()).map(({ urn }) => urn);
      await stack.up({ replace: urns });
      expect(versions()).toEqual(Array(count).fill("2"));

      await kill("destroy");
      expect(versions()).toContain(undefined);
      // Declaring a name that was reset reports no changes either.
      await stack.up({ expectNoChanges: true });
      expect(versions()).toContain(undefined);
      await stack.destroy();
      const names = Array.from({ length: count }, (_, i) => leastPowerful(`Crm${i}`));
      expect(emulator.registrations().toSorted(byNumber)).toEqual(names);
    },
    240_000,
  );

  async function registrationsInState() {
    const { deployment } = await scene.project.stack.exportStack();
    const resources: Array<{ urn: string; type: string; inputs: { provider: string } }> =
      deployment.resources ?? [];
    return resources.filter(({ type }) => type.endsWith(":VccProvider"));
  }

  async function namesInState(): Promise<string[]> {
    return (await registrationsInState()).map(({ inputs }) => inputs.provider);
  }

  /**
   * Kills the engine and its child processes in the middle of the operation, and removes its lock.
   */
  async function kill(operation: "up" | "destroy"): Promise<void> {
    await inTheMiddleOf(operation, (pid) => {
      for (const member of [pid, ...descendantsOf(pid)]) signal(member, "SIGKILL");
    });
    await scene.project.stack.cancel();
  }

  /** Ends an engine after some requests; returns its exit code. */
  async function inTheMiddleOf(
    operation: "up" | "destroy",
    end: (pid: number) => void,
  ): Promise<unknown> {
    const { project, emulator } = scene;
    const registered = () =>
      emulator.requests().filter(({ path }) => /Register$/.test(path)).length;
    const enough = registered() + interruptedAfter;
    const engine = startEngine(project, operation);
    try {
      await until(() => registered() >= enough);
    } finally {
      end(engine.pid);
    }
    return engine.ended;
  }
});

function byNumber(a: { provider: string }, b: { provider: string }): number {
  return Number(a.provider.slice(3)) - Number(b.provider.slice(3));
}
