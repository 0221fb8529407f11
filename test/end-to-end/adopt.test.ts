import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientOf } from "../emulator/client";
import { signal, until } from "./engine";
import { createPlaces, placeNames } from "./places";
import { sceneWith } from "./project";
import { canary, escapedCanary, fingerprintKeys } from "./secrets";

const secrets = {
  token: canary("token"),
  next: canary("next"),
  password: escapedCanary("password"),
};

const program = `
  import * as pulumi from "@pulumi/pulumi";
  import { bearer, VccProvider } from "pulumi-vcc";
  const token = new pulumi.Config().requireSecret("token");
  const password = new pulumi.Config().requireSecret("password");
  class Team extends pulumi.ComponentResource {
    constructor(name: string, args: object) {
      super("acme:vcc:Team", name, args);
      new VccProvider("recording", {
        provider: "Recording",
        endpoint: pulumi.interpolate\`https://recording.example.com/vcc?key=\${password}\`,
        agentActionsPermitted: {},
      }, { parent: this });
    }
  }
  new VccProvider("crm", {
    provider: "Crm",
    endpoint: "https://crm.example.com/vcc",
    headers: { Authorization: bearer(token), "X-Tenant": "acme" },
    agentActionsPermitted: { hold: true },
    reassertEvery: "52w",
  });
  new Team("one", { password });
`;
const crm = (token: string) => ({
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: `Bearer ${token}`, "X-Tenant": "acme" },
  agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
});
const recording = {
  provider: "Recording",
  endpoint: `https://recording.example.com/vcc?key=${encodeURIComponent(secrets.password)}`,
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};

describe("pulumi-vcc adopt, with the packed package,", () => {
  const scene = sceneWith("tarball");
  const places = createPlaces();
  /** Files with secrets, which are not part of the project. */
  let files: string;
  beforeEach(() => {
    files = mkdtempSync(join(tmpdir(), "pulumi-vcc-live-"));
  });
  afterEach(() => rmSync(files, { recursive: true }));

  /** Starts a command in the project, and adds what it prints. */
  function start(command: string, ...args: string[]) {
    const { directory, stack } = scene.project;
    const child = spawn(command, args, {
      cwd: directory,
      env: { ...process.env, ...stack.workspace.envVars },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (output.stdout += chunk));
    child.stderr.on("data", (chunk) => (output.stderr += chunk));
    const ended = once(child, "close").then(([code]) => ({ code: code as number, ...output }));
    return { pid: child.pid ?? 0, ended };
  }
  async function run(command: string, ...args: string[]) {
    const ended = await start(command, ...args).ended;
    places.add("stdout of Pulumi", args.join(" "), ended.stdout);
    places.add("stderr of Pulumi", args.join(" "), ended.stderr);
    return ended;
  }
  const vcc = () => join(scene.project.directory, "node_modules/.bin/pulumi-vcc");
  const adoptOptions = () => [
    "adopt",
    "--stack",
    "dev",
    "--yes",
    "--from",
    join(files, "live.json"),
  ];
  /** What this package has in the temporary directory of all commands. */
  const temporary = () =>
    readdirSync(join(scene.project.directory, "temporary")).filter((name) =>
      name.startsWith("pulumi-vcc"),
    );

  /** Starts adopt, and stops it in its nth command that gets a file with secrets. */
  async function stopAdoption(nth: number) {
    const { pid, ended } = start(vcc(), ...adoptOptions());
    const seen = new Set<string>();
    await until(() => {
      for (const name of temporary()) seen.add(name);
      return seen.size === nth;
    });
    signal(pid, "SIGTERM");
    const { code, stderr } = await ended;
    expect([code, temporary()]).toEqual([1, []]);
    expect(stderr).toContain("error: stopped by SIGTERM; run it again");
  }

  it("records what is live without a request, and loses nothing with the state", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    const { clientId, clientSecret } = credentials;
    const client = clientOf(emulator);
    const { token } = await client.requestToken({
      client_id: clientId,
      client_secret: clientSecret,
    });
    const live = [crm(secrets.token), recording];
    for (const body of live) await client.register(body, token);
    writeFileSync(join(files, "live.json"), JSON.stringify(live));
    const { length: requestsBefore } = emulator.requests();

    project.write(program);
    await stack.setAllConfig({
      token: { value: secrets.token, secret: true },
      password: { value: encodeURIComponent(secrets.password), secret: true },
    });
    await stopAdoption(1);
    await stopAdoption(2);

    const adopted = await run(vcc(), ...adoptOptions());
    expect(adopted).toMatchObject({ code: 0, stdout: expect.stringContaining("Adopted into") });
    await stack.preview({ expectNoChanges: true });
    const drift = await run(
      vcc(),
      "drift",
      "--stack",
      "dev",
      "--max-age",
      "1d",
      "--format",
      "json",
    );
    expect(drift.code).toBe(0);
    const [report] = JSON.parse(drift.stdout).stacks;
    expect(report.registrations.map((one: { class: string }) => one.class)).toEqual([
      ...["adopted", "adopted"],
    ]);
    const keys = await fingerprintKeys(stack);

    const exported = await start(vcc(), "inventory", "--stack", "dev", "--format", "import").ended;
    expect(exported.code).toBe(0);
    writeFileSync(join(files, "import.json"), exported.stdout);
    rmSync(join(project.directory, "state/.pulumi/stacks"), { recursive: true });
    expect((await run("pulumi", "stack", "init", "dev")).code).toBe(0);
    const importOptions = ["--file", join(files, "import.json"), "--yes", "--generate-code=false"];
    expect(await run("pulumi", "import", "--stack", "dev", ...importOptions)).toMatchObject({
      code: 0,
    });
    await stack.up({ expectNoChanges: true });
    expect((await fingerprintKeys(stack)).toSorted()).toEqual(keys.toSorted());
    expect(emulator.requests()).toHaveLength(requestsBefore);

    await stack.setConfig("token", { value: secrets.next, secret: true });
    await stack.up();
    const registrations = emulator
      .requests()
      .slice(requestsBefore)
      .filter(({ provider }) => provider);
    expect(registrations).toHaveLength(1);
    expect(emulator.registrations()).toEqual([crm(secrets.next), recording]);

    places.addFiles(project.directory);
    places.add("stdout of Pulumi", "the Automation API", project.output());
    const [first = "", second = ""] = keys;
    for (const place of placeNames) {
      expect([place, places.search(place, { ...secrets, first, second })]).toEqual([place, []]);
    }
    expect(places.size("history")).toBeGreaterThan(0);
  });
});
