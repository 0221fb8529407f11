import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resourceType } from "../../provider/resource/provider-code";
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
  beforeEach(async () => {
    files = mkdtempSync(join(tmpdir(), "pulumi-vcc-live-"));
    const { emulator, project, credentials } = scene;
    const { clientId, clientSecret } = credentials;
    const client = clientOf(emulator);
    const { token } = await client.requestToken({
      ...{ client_id: clientId, client_secret: clientSecret },
    });
    const live = [crm(secrets.token), recording];
    for (const body of live) await client.register(body, token);
    writeFileSync(join(files, "live.json"), JSON.stringify(live));
    project.write(program);
    await project.stack.setAllConfig({
      token: { value: secrets.token, secret: true },
      password: { value: encodeURIComponent(secrets.password), secret: true },
    });
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

  /** Starts adopt, and sends SIGTERM during its nth command that gets a file with secrets. */
  async function stopAdoption(nth: number) {
    const { pid, ended } = start(vcc(), ...adoptOptions());
    const seen = new Set<string>();
    await until(() => {
      for (const name of temporary()) seen.add(name);
      return seen.size === nth;
    });
    signal(pid, "SIGTERM");
    const result = await ended;
    expect(temporary()).toEqual([]);
    return result;
  }

  it("records what is live, and sends the first change only", async () => {
    const { emulator, project } = scene;
    const { stack } = project;
    const { length: before } = emulator.requests();
    expect(await run(vcc(), ...adoptOptions())).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Adopted into project/dev."),
    });
    const { deployment } = await stack.exportStack();
    const registrations: Array<{ outputs: Record<string, unknown> }> = deployment.resources.filter(
      ({ type }: { type: string }) => type === resourceType,
    );
    expect(registrations.map(({ outputs }) => [outputs.drift, outputs.registeredAt])).toEqual([
      ["none", undefined],
      ["none", undefined],
    ]);
    await stack.preview({ expectNoChanges: true });
    expect(emulator.requests()).toHaveLength(before);

    await stack.setConfig("token", { value: secrets.next, secret: true });
    await stack.up();
    const sent = emulator.requests().slice(before);
    expect(sent.filter(({ provider }) => provider)).toHaveLength(1);
    expect(emulator.registrations()).toEqual([crm(secrets.next), recording]);
    await expectNoSecrets();
  });

  it("ends on SIGTERM before it imports, and only afterwards once it does", async () => {
    const { length: before } = scene.emulator.requests();
    expect(await stopAdoption(1)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("error: stopped by SIGTERM; run it again"),
    });
    expect(await stopAdoption(2)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Adopted into project/dev."),
    });
    await scene.project.stack.preview({ expectNoChanges: true });
    expect(scene.emulator.requests()).toHaveLength(before);
  });

  it("restores the registrations of a lost state", async () => {
    const { emulator, project } = scene;
    const { stack, directory } = project;
    await stack.up();
    const { length: before } = emulator.requests();
    const keys = await fingerprintKeys(stack);
    const exported = await start(vcc(), "inventory", "--stack", "dev", "--format", "import").ended;
    expect(exported).toMatchObject({ code: 0, stderr: expect.stringContaining("pulumi import") });
    writeFileSync(join(files, "import.json"), exported.stdout);

    rmSync(join(directory, "state/.pulumi/stacks"), { recursive: true });
    expect((await run("pulumi", "stack", "init", "dev")).code).toBe(0);
    const importOptions = ["--file", join(files, "import.json"), "--yes", "--generate-code=false"];
    const imported = await run("pulumi", "import", "--stack", "dev", ...importOptions);
    expect(imported.code).toBe(0);
    await stack.up({ expectNoChanges: true });
    expect(emulator.requests()).toHaveLength(before);
    expect((await fingerprintKeys(stack)).toSorted()).toEqual(keys.toSorted());
    await expectNoSecrets();
  });

  async function expectNoSecrets() {
    const { project } = scene;
    const [first = "", second = ""] = await fingerprintKeys(project.stack);
    places.addFiles(project.directory);
    places.add("stdout of Pulumi", "the Automation API", project.output());
    for (const place of placeNames) {
      expect([place, places.search(place, { ...secrets, first, second })]).toEqual([place, []]);
    }
    expect(places.size("history")).toBeGreaterThan(0);
  }
});
