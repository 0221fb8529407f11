import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { environmentOf, leastPowerful, sceneWith } from "./project";

const count = 12;
/** Few enough to be killed in between, since a registration takes a while here. */
const killedAfter = 4;

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

// Its processes are found in /proc.
const onLinux = process.platform === "linux" ? it : it.skip;

// What docs/scale.md says of an engine that is killed while it skips checkpoints.
describe("an engine that skips checkpoints and is killed", () => {
  const scene = sceneWith("clone");

  onLinux(
    "is made good by the same operation once more, and by no other",
    async () => {
      const { project, emulator, credentials } = scene;
      emulator.behaviour.latencyMs = 150;
      project.setEnvironment({
        ...environmentOf(emulator, credentials),
        PULUMI_SKIP_CHECKPOINTS: "true",
      });
      const { stack } = project;
      const versions = () =>
        emulator.registrations().map(({ headers }) => headers?.Authorization?.slice(-1));

      project.write(program(1));
      await kill("up");
      expect(emulator.registrations().length).toBeGreaterThanOrEqual(killedAfter);
      expect(emulator.registrations().length).toBeLessThan(count);
      expect((await stack.exportStack()).deployment.resources ?? []).toEqual([]);
      await stack.up();
      expect(versions()).toEqual(Array(count).fill("1"));
      await stack.preview({ expectNoChanges: true });

      project.write(program(2));
      await kill("up");
      expect(versions()).toContain("2");
      // Whoever takes the change back is not told that VCC has it.
      project.write(program(1));
      await stack.up({ expectNoChanges: true });
      expect(versions()).toContain("2");
      project.write(program(2));
      await stack.up();
      expect(versions()).toEqual(Array(count).fill("2"));

      await kill("destroy");
      expect(versions()).toContain(undefined);
      // Nor is who declares what was reset.
      await stack.up({ expectNoChanges: true });
      expect(versions()).toContain(undefined);
      await stack.destroy();
      const names = Array.from({ length: count }, (_, i) => leastPowerful(`Crm${i}`));
      expect(emulator.registrations().toSorted(byNumber)).toEqual(names);
    },
    240_000,
  );

  /** Kills the engine in the middle of it, and what the engine started; removes its lock. */
  async function kill(operation: "up" | "destroy"): Promise<void> {
    const { project, emulator } = scene;
    const registered = () =>
      emulator.requests().filter(({ path }) => /Register$/.test(path)).length;
    const before = registered();
    const engine = spawn("pulumi", [operation, "--yes", "--skip-preview", "--non-interactive"], {
      cwd: project.directory,
      env: { ...process.env, ...project.stack.workspace.envVars, PULUMI_STACK: "dev" },
      stdio: "ignore",
    });
    const closed = once(engine, "close");
    while (registered() < before + killedAfter) {
      expect(engine.exitCode).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const family = [engine.pid ?? 0, ...descendantsOf(engine.pid ?? 0)];
    for (const pid of family) process.kill(pid, "SIGKILL");
    await closed;
    await project.stack.cancel();
  }
});

function byNumber(a: { provider: string }, b: { provider: string }): number {
  return Number(a.provider.slice(3)) - Number(b.provider.slice(3));
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
  return children.flatMap((child) => [Number(child), ...descendantsOf(Number(child))]);
}
