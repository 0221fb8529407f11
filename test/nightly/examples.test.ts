import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { startEmulator } from "../../emulator";
import { example, leastPowerful, sceneWith } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";

describe("an example", () => {
  const scene = sceneWith("tarball");

  it.each(["two-regions.ts", "accounts.ts"])("reaches the named accounts of %s", async (name) => {
    const { project } = scene;
    const emea = { clientId: "emea-client", clientSecret: canary("emea") };
    const nam = { clientId: "nam-client", clientSecret: canary("nam") };
    const emulators = { emea: await startEmulator(emea), nam: await startEmulator(nam) };
    const { stack } = project;
    try {
      project.setEnvironment({});
      project.write(example(name));
      const callback = canary("callback");
      await stack.setConfig("callbackToken", { value: callback, secret: true });
      for (const [region, { clientId, clientSecret }] of Object.entries({ emea, nam })) {
        const { apiUrl, authUrl } = emulators[region as "emea" | "nam"];
        for (const [setting, value] of Object.entries({ region, clientId, apiUrl, authUrl })) {
          await stack.setConfig(`vcc:accounts.${region}.${setting}`, { value }, true);
        }
        const secret = { value: clientSecret, secret: true };
        await stack.setConfig(`vcc:accounts.${region}.clientSecret`, secret, true);
      }
      await stack.up();
      await stack.up({ expectNoChanges: true });
      for (const region of ["emea", "nam"] as const) {
        expect(emulators[region].registrations()).toMatchObject([
          { provider: "CrmIntegration", endpoint: expect.stringContaining(region) },
        ]);
        expect(emulators[region].requests().map(({ status }) => status)).toEqual([200, 200]);
      }
      await stack.destroy();
      for (const region of ["emea", "nam"] as const) {
        expect(emulators[region].registrations()).toEqual([leastPowerful("CrmIntegration")]);
      }
      const seen = project.state() + project.output();
      for (const form of [callback, emea.clientSecret, nam.clientSecret].flatMap(formsOf)) {
        expect(seen.includes(form)).toBe(false);
      }
    } finally {
      await emulators.emea.close();
      await emulators.nam.close();
    }
  });
});

describe("examples/fleet.ts", () => {
  const scene = sceneWith("clone");
  let accounts: Awaited<ReturnType<typeof startAccount>>[];
  beforeEach(async () => {
    const { project } = scene;
    project.setEnvironment({});
    project.write(example("quickstart.ts"));
    writeFileSync(join(project.directory, "fleet.ts"), example("fleet.ts"));
    accounts = await Promise.all([
      startAccount("emea", "emea"),
      startAccount("americas", "nam"),
      startAccount("asia", "apac"),
    ]);
  });
  afterEach(() => Promise.all(accounts.map(({ emulator }) => emulator.close())));

  async function startAccount(stackName: string, region: string) {
    const client = { clientId: stackName, clientSecret: canary(stackName) };
    const callbackToken = canary("callback");
    return { stackName, region, client, callbackToken, emulator: await startEmulator(client) };
  }

  async function makeStacks() {
    const { workspace } = scene.project.stack;
    for (const { stackName, region, client, callbackToken, emulator } of accounts) {
      await workspace.createStack(stackName);
      await workspace.setAllConfig(stackName, {
        "vcc:region": { value: region },
        "vcc:clientId": { value: client.clientId },
        "vcc:clientSecret": { value: client.clientSecret, secret: true },
        "vcc:apiUrl": { value: emulator.apiUrl },
        "vcc:authUrl": { value: emulator.authUrl },
        callbackToken: { value: callbackToken, secret: true },
      });
    }
    await workspace.selectStack("dev");
  }

  /** Runs the example as its comment describes, in its own process group. */
  function start(command: string) {
    const { directory, stack } = scene.project;
    const child = spawn(process.execPath, ["fleet.ts", command], {
      cwd: directory,
      env: { ...process.env, ...stack.workspace.envVars },
      detached: true,
    });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
      ([stdout, stderr, [code]]) => ({ code, stdout, stderr }),
    );
    return { pid: child.pid ?? 0, ended };
  }

  it("runs one stack per account in parallel, and a failure does not stop the others", async () => {
    const { workspace } = scene.project.stack;
    const missing = await start("up").ended;
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("asia: up failed: error: no stack named 'asia' found\n");
    await makeStacks();
    await workspace.setConfig("americas", "vcc:clientSecret", { value: "wrong", secret: true });
    const { code, stdout, stderr } = await start("up").ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^americas: up failed: error: .*invalid_client.*\n$/);
    for (const { stackName, emulator } of accounts) {
      const names = emulator.registrations().map(({ provider }) => provider);
      expect([stackName, names]).toEqual([
        stackName,
        stackName === "americas" ? [] : ["CrmIntegration"],
      ]);
      expect(stdout.includes(`${stackName}: up took `)).toBe(stackName !== "americas");
    }
    expect(stdout).toMatch(/^americas: .*invalid_client/m);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !/^(emea|americas|asia): /.test(line))).toEqual([]);
    const begun = accounts.map(({ stackName }) =>
      lines.findIndex((line) => line.startsWith(`${stackName}: Updating`)),
    );
    expect(Math.min(...begun)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...begun)).toBeLessThan(lines.findIndex((line) => / up took /.test(line)));
    expect((await workspace.stack())?.name).toBe("dev");
    for (const { client, callbackToken } of accounts) {
      for (const form of [client.clientSecret, callbackToken].flatMap(formsOf)) {
        expect(stdout.includes(form)).toBe(false);
      }
    }

    const preview = await start("preview").ended;
    expect(preview.stdout).toMatch(/^emea: .*2 unchanged/m);
    expect(preview.stdout).toMatch(/^americas: .*1 to create/m);
    expect(preview.code).toBe(0);
    const { stderr: usage } = await start("destroy").ended;
    expect(usage).toContain("usage: node fleet.ts preview|up");
  });

  it.each([
    ["Ctrl-C", (pid: number) => process.kill(-pid, "SIGINT")],
    ["SIGTERM", (pid: number) => process.kill(pid, "SIGTERM")],
  ])("finishes what it has started after %s, and writes the states", async (_name, send) => {
    await makeStacks();
    for (const { emulator } of accounts) emulator.behavior.latencyMs = 3000;
    const { pid, ended } = start("up");
    const begun = () => accounts.every(({ emulator }) => emulator.requests().length > 0);
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 20));
    send(pid);
    const { stdout } = await ended;
    for (const { stackName, emulator } of accounts) {
      expect(stdout).toMatch(new RegExp(`^${stackName}: .*cancelling`, "m"));
      expect(emulator.registrations().map(({ provider }) => provider)).toEqual(["CrmIntegration"]);
      const { workspace } = scene.project.stack;
      const { deployment } = await workspace.exportStack(stackName);
      expect(deployment.pending_operations ?? []).toEqual([]);
      expect(deployment.resources).toHaveLength(3);
    }
    const again = await start("up").ended;
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout.match(/\d unchanged/g)).toHaveLength(3);
  });
});

describe("npm run demo:drift", () => {
  it("verifies, finds that somebody overwrote the registration, and repairs it", async () => {
    const root = join(__dirname, "../..");
    const { stdout } = await promisify(execFile)(process.execPath, ["tools/drift-demo.mts"], {
      cwd: root,
    });
    const notifications = stdout
      .split("\n")
      .filter((line) => /receiver: (Assign|Release)/.test(line));
    expect(notifications).toEqual(
      [1, 2, 3].flatMap((count) => [
        `  receiver: AssignToAgent: case-${count}, agent 5464`,
        `  receiver: Release: case-${count}, agent 5464`,
      ]),
    );
    const classes = [...stdout.matchAll(/^emea +"CrmIntegration" +(\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(classes).toEqual(["verified", "drifted", "verified"]);
    expect(stdout).toMatch(/VCC has used a registration without X-Vcc-Registration since \d{4}-/);
    expect(stdout).toContain("$ pulumi up --refresh --yes --skip-preview");
    expect(stdout).not.toMatch(/callback-token(?!\n)|witness-token/);
    expect(existsSync(join(root, "examples/receiver/Pulumi.pulumi-vcc-drift-demo.yaml"))).toBe(
      false,
    );
  });
});
