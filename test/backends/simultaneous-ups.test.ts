import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { createProject, environmentOf, leastPowerful, type Project } from "../end-to-end/project";
import { type Backend, backends } from "./backends";

/** Registers "Crm" with a header of its stack, after a file `open` exists. */
const program = `
  import { existsSync, writeFileSync } from "node:fs";
  import * as pulumi from "@pulumi/pulumi";
  import { VccProvider } from "pulumi-vcc";
  const gate = process.env.GATE;
  async function passGate() {
    if (gate === undefined) return;
    writeFileSync(gate + "/" + process.pid, "");
    while (!existsSync(gate + "/open")) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  new VccProvider("crm", {
    provider: "Crm",
    headers: { "X-Stack": passGate().then(() => pulumi.getStack()) },
    agentActionsPermitted: { hold: true },
  });
`;

describe.each(Object.keys(backends))("two ups at once, on %s,", (name) => {
  const client = { clientId: "id", clientSecret: "client-secret" };
  let directory: string;
  let backend: Backend;
  let emulator: Emulator;
  let projects: Project[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-backend-"));
    backend = await start(directory);
    emulator = await startEmulator(client);
    projects = [];
    // The S3 server is compiled first, if Go has not cached it.
  }, 300_000);
  afterEach(async () => {
    for (const project of projects) project.remove();
    await emulator.close();
    await backend.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("of one stack: one fails before it sends anything, and the next up converges", async () => {
    const project = await create("dev");
    const ups = await upAtOnce(project, project);
    // Each looks for the other's lock after it has set its own, so both may fail.
    const failed = ups.filter(({ code }) => code !== 0);
    expect(failed.length).toBeGreaterThanOrEqual(1);
    for (const { output } of failed)
      expect(output).toMatch(/the stack is currently locked by 1 lock/);
    expect(registerRequests()).toBe(2 - failed.length);

    await project.stack.up();
    expect(holders()).toEqual(["dev"]);
    expect(registerRequests()).toBe(1);
  }, 240_000);

  it("of two stacks with one name: the last one wins, and up --replace takes the name back", async () => {
    const [first, second] = [await create("first"), await create("second")];
    const ups = await upAtOnce(first, second);
    expect(ups.map(({ code }) => code)).toEqual([0, 0]);
    expect(registerRequests()).toBe(2);
    const [winner = ""] = holders();
    const loser = winner === "first" ? second : first;

    const { name } = loser.stack;
    const urn = `urn:pulumi:${name}::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm`;
    await loser.stack.up({ replace: [urn] });
    expect(holders()).toEqual([name]);
    // No stack knows of the other.
    await (loser === first ? second : first).stack.destroy();
    expect(emulator.registrations()).toEqual([leastPowerful("Crm")]);
  }, 240_000);

  async function start(data: string): Promise<Backend> {
    const startBackend = backends[name];
    if (startBackend === undefined) throw new Error(`no backend ${name}`);
    return startBackend(data);
  }

  async function create(stackName: string): Promise<Project> {
    const { environment } = backend;
    const project = await createProject("tarball", { stackName, environment });
    projects.push(project);
    project.setEnvironment(environmentOf(emulator, client));
    project.write(program);
    return project;
  }

  /** Starts both, and opens the gate as soon as each has passed its lock or ended. */
  async function upAtOnce(...both: [Project, Project]) {
    const gate = mkdtempSync(join(directory, "gate-"));
    const ups = both.map((project) => up(project, gate));
    const settled = () =>
      readdirSync(gate).length + ups.filter(({ child }) => child.exitCode !== null).length;
    while (settled() < both.length) await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(gate, "open"), "");
    return Promise.all(ups.map(({ ended }) => ended));
  }

  function up({ directory: cwd, stack }: Project, gate: string) {
    const env = {
      ...process.env,
      ...stack.workspace.envVars,
      PULUMI_STACK: stack.name,
      GATE: gate,
    };
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"];
    const child: ChildProcess = spawn("pulumi", args, { cwd, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (text) => {
        output += text;
      });
    }
    const ended = once(child, "close").then(([code]) => ({ code: Number(code), output }));
    return { child, ended };
  }

  function registerRequests(): number {
    return emulator.requests().filter(({ path }) => path.endsWith("/Register")).length;
  }

  /** The stacks whose registration VCC holds. */
  function holders(): Array<string | undefined> {
    return emulator.registrations().map(({ headers }) => headers?.["X-Stack"]);
  }
});
