import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { DriftReport } from "../../cli/drift/report/schema";
import { createSituations, type Situations } from "../end-to-end/drift-situations";

const cleanups: Array<() => unknown> = [];
let situations: Situations;
beforeAll(async () => {
  situations = await createSituations(cleanups);
  situations.interrupt();
}, 300_000);
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

describe("drift --repair", () => {
  async function pulumiVcc(args: string[], environment: NodeJS.ProcessEnv) {
    const { directory } = situations.project;
    const program = join(directory, "node_modules/pulumi-vcc/dist/cli/main.js");
    const child = spawn(process.execPath, [program, ...args], {
      cwd: directory,
      env: { ...situations.environment, ...environment },
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    return { code: code as number, stdout, stderr };
  }

  const failOn = "pending,stale,drifted,contested,unregistered,orphaned,unknown,ignored";

  async function repair(...options: string[]) {
    const { credentials, emulator } = situations;
    emulator.reset();
    const args = ["drift", "--repair", "--yes", "--fail-on", failOn, ...options];
    const ended = await pulumiVcc(args, {
      VCC_CLIENT_ID: credentials.clientId,
      VCC_CLIENT_SECRET: credentials.clientSecret,
    });
    const names = emulator.requests().flatMap(({ provider }) => provider ?? []);
    return { ...ended, registered: names.filter((name) => !/^\d/.test(name)).sort() };
  }

  it("repairs only what is to be registered again", async () => {
    const { code, stdout, stderr, registered } = await repair("--format", "json");
    const causes = [...stderr.matchAll(/^To repair what is (\w+) in project\/dev:$/gm)];
    expect(causes.map(([, cause]) => cause)).toEqual(["unknown", "drifted", "contested", "stale"]);
    expect(registered).toEqual([
      ...["Crm contested", "Crm creating", "Crm daily", "Crm drifted", "Crm lapsed"],
      ...["Crm updating", "Lost"],
    ]);
    // Nothing has applied or forgotten the others.
    const [reported] = (JSON.parse(stdout) as DriftReport).stacks;
    const classOf = (name: string) =>
      reported?.registrations.find(({ provider }) => provider === name)?.class;
    expect(["Crm rotated", "Crm edited"].map(classOf)).toEqual(["pending", "pending"]);
    expect(["Crm removed", "Former"].map(classOf)).toEqual(["orphaned", "orphaned"]);
    expect(["Crm added", "Crm vanished"].map(classOf)).toEqual(["unregistered", "unknown"]);
    expect(["Crm drifted", "Lost"].map(classOf)).toEqual(["in sync", "in sync"]);
    expect(code).toBe(2);
  }, 300_000);

  it("repairs all that a command can with --all-causes", async () => {
    const { code, stdout, registered } = await repair("--all-causes");
    expect(stdout).toMatch(/^project\/dev: 3 of 21 registrations are not as declared/);
    // What the program ignores, and what no command reaches.
    expect(code).toBe(2);
    expect(registered).toEqual([
      ...["Crm added", "Crm creating", "Crm edited", "Crm removed", "Crm rotated", "Former"],
    ]);
  }, 300_000);
});
