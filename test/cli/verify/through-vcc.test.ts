import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { verifyCommand } from "../../../cli/verify-command";
import { type Behavior, type Emulator, startEmulator } from "../../../emulator";
import { notificationRequest, type ReceiverOptions } from "../../../receiver";
import { createMemoryStore } from "../../../receiver/notification-store";
import { clientOf } from "../../emulator/client";
import { formsOf } from "../../end-to-end/secrets";
import { withoutProxyVariables } from "../../provider/vcc/environment";
import { recordingReceiver } from "../../receiver/recording-receiver";
import { servers } from "../../receiver/server";
import { temporaryDirectory } from "../../temporary-directory";
import { installFakePulumi } from "../fake-pulumi";
import { type Ended, runCommand } from "../run-command";
import { fakeStack, type, urnOf } from "./stack";

const program = join(__dirname, "../../../dist/cli/main.js");

const provider = "Crm";
const own = "0123456789ab";
const secrets = { client: "canary-client", witness: "canary-witness", header: "canary-header" };
const headers = { Authorization: `Bearer ${secrets.header}` };

describe("verify --invoke", () => {
  withoutProxyVariables();
  const listen = servers();
  const directory = temporaryDirectory();
  const before = process.cwd();
  beforeEach(() => {
    process.chdir(directory.path);
    writeFileSync("Pulumi.yaml", "name: project\nruntime: nodejs\n");
  });
  const closings: Array<() => Promise<void>> = [];
  afterEach(async () => {
    process.chdir(before);
    for (const close of closings.splice(0)) await close();
  });

  /** A receiver with a witness, and a registration at the emulator. */
  async function start({
    behavior = {},
    options = {},
    fingerprint = own,
    registered = headers,
    onRequest,
  }: {
    behavior?: Partial<Behavior>;
    options?: Partial<ReceiverOptions>;
    /** At VCC. */
    fingerprint?: string | undefined;
    registered?: Record<string, string>;
    onRequest?: (path: string, emulator: Emulator) => void;
  } = {}) {
    const receiver = recordingReceiver(headers, { witnessToken: secrets.witness, ...options });
    const { url } = await listen(receiver.node);
    const endpoint = `${url}/vcc`;
    const emulator: Emulator = await startEmulator({
      clientSecret: secrets.client,
      behavior: { httpEndpoints: "accept", ...behavior },
      onRequest: ({ path }) => onRequest?.(path, emulator),
    });
    closings.push(emulator.close);
    const client = clientOf(emulator);
    const { token } = await client.requestToken({ client_secret: secrets.client });
    const sent = { ...registered, "X-Vcc-Registration": fingerprint };
    await client.register(
      { provider, endpoint, headers: sent, agentactionspermitted: { release: 1 } },
      token,
    );
    const environment = {
      VCC_REGION: "emea",
      VCC_API_URL: emulator.apiUrl,
      VCC_AUTH_URL: emulator.authUrl,
      VCC_CLIENT_ID: "emulator",
      VCC_CLIENT_SECRET: secrets.client,
      VCC_WITNESS_TOKEN: secrets.witness,
    };
    const crm = {
      ...{ provider, region: "emea", endpoint, headers, witness: true },
      registrationFingerprint: own,
      registeredAt: new Date().toISOString(),
    };
    const invocations = () =>
      emulator.requests().filter(({ path }) => path === "/interactions/Invoke").length;
    return { emulator, receiver, environment, crm, invocations };
  }

  type Scene = Awaited<ReturnType<typeof start>>;

  async function verify(
    { environment, crm }: Pick<Scene, "environment" | "crm">,
    args: string[],
    { waitMs = 5000, pollMs = 10, registered = { crm } as Record<string, object> } = {},
  ) {
    const { connect } = fakeStack({ registered: registered as never });
    const limits = { timeoutMs: 2000, slowMs: 1000, expiringDays: 14, waitMs, pollMs };
    const ended: Ended = await runCommand(
      verifyCommand(connect, limits),
      ["--yes", "-f", "json", ...args],
      { environment },
    );
    for (const form of Object.values(secrets).flatMap(formsOf)) {
      expect((ended.stdout + ended.stderr).includes(form)).toBe(false);
    }
    const report = ended.stdout === "" ? undefined : JSON.parse(ended.stdout);
    return { ...ended, registration: report?.stacks[0].registrations[0] };
  }

  const invoke = ["--invoke", "Test"];

  it("proves that VCC uses the registration, and releases the interaction", async () => {
    const scene = await start();
    const { code, stderr, registration } = await verify(scene, invoke);
    expect(code).toBe(0);
    expect(registration).toMatchObject({
      result: "works",
      findings: [],
      verifiedAt: expect.stringMatching(/Z$/),
    });
    await scene.emulator.settled();
    const [externalid = ""] = /pulumi-vcc-verify-[\w-]+/.exec(stderr) ?? [];
    expect(stderr).toContain(
      `end it with:\n  npx pulumi-vcc verify --release ${externalid} --stack acme/project/dev -- Crm\n`,
    );
    const events = [{ notification: "AssignToAgent" }, { notification: "Release" }];
    const expected = events.map((event) => ({ ...event, objectid: externalid }));
    // It is a real interaction, which the receiver handles.
    expect(scene.emulator.callbacks()).toMatchObject(expected);
    expect(scene.receiver.handled).toMatchObject(expected);
  });

  it("needs no header value, which VCC has", async () => {
    const scene = await start();
    const missing = { Authorization: { source: "environment", name: "NOWHERE" } };
    const registered = { crm: { ...scene.crm, headers: missing } };
    expect(await verify(scene, invoke, { registered })).toMatchObject({ code: 0 });
  });

  it("names the directory, the account and the stack in the command that ends the interaction", async () => {
    const scene = await start();
    mkdirSync("elsewhere");
    process.chdir("elsewhere");
    const accounts = JSON.stringify({
      acme: { region: "emea", clientId: "emulator", clientSecret: secrets.client },
    });
    const environment = { ...scene.environment, VCC_ACCOUNTS: accounts };
    const crm = { ...scene.crm, account: "acme" };
    const { stderr } = await verify({ environment, crm } as never, invoke);
    expect(stderr).toMatch(/ --cwd \S+ --stack acme\/project\/dev --account acme -- Crm$/m);
  });

  it("repeats a dispatch whose response was lost, which VCC does not process again", async () => {
    const scene = await start();
    scene.emulator.fail({ target: "invoke", times: 1, fault: { kind: "lost-response" } });
    expect(await verify(scene, invoke)).toMatchObject({ code: 0 });
    await scene.emulator.settled();
    expect(scene.receiver.handled).toHaveLength(2);
  });

  it.each([
    [
      "another registration",
      { fingerprint: "ba9876543210" },
      "VCC used another registration (ba9876543210)",
    ],
    [
      "headers that the receiver refuses",
      { registered: { Authorization: "Bearer other" } },
      "the receiver refused a request",
    ],
    [
      "an endpoint that no notification reaches",
      { registered: { Authorization: "Bearer other", "X-Vcc-Verify": "1" } },
      "no notification within 0.2 s; check that an agent is available on the route",
    ],
  ])("reports %s", async (_case, options, message) => {
    const scene = await start(options);
    // An earlier notification proves nothing.
    await scene.receiver.fetch(notificationRequest({ headers, registration: own }));
    const { code, registration } = await verify(scene, invoke, { waitMs: 200 });
    expect(code).toBe(2);
    expect(registration).toMatchObject({
      result: "fails",
      findings: [{ id: "not used", message: expect.stringContaining(message) }],
      verifiedAt: null,
    });
    expect(scene.invocations()).toBe(2);
  });

  it("releases the interaction after a signal", async () => {
    const scene = await start({
      fingerprint: "ba9876543210",
      onRequest(path) {
        if (path === "/interactions/Invoke") process.emit("SIGINT");
      },
    });
    const { code, registration } = await verify(scene, invoke, { waitMs: 60_000 });
    expect(code).toBe(1);
    expect(registration).toMatchObject({ result: "not checked", reason: "stopped by SIGINT" });
    await scene.emulator.settled();
    expect(scene.receiver.handled.map(({ notification }) => notification)).toEqual([
      ...["AssignToAgent", "Release"],
    ]);
  });

  it("dispatches once after a signal, and reports no silence", async () => {
    const stop = jest.fn(() => process.emit("SIGINT"));
    const scene = await start({
      onRequest(path) {
        if (path === "/interactions/Invoke" && stop.mock.calls.length === 0) stop();
      },
    });
    scene.emulator.fail({ target: "invoke", times: 1, fault: { kind: "lost-response" } });
    const { code, registration } = await verify(scene, invoke, { waitMs: 60_000 });
    expect(code).toBe(1);
    expect(registration).toMatchObject({
      result: "not checked",
      reason: expect.stringMatching(
        /^stopped by SIGINT \(VCC may not have dispatched it: .*Invoke/,
      ),
    });
    expect(scene.invocations()).toBe(2);
  });

  it("says why VCC may not have dispatched anything", async () => {
    const scene = await start({ fingerprint: "ba9876543210" });
    scene.emulator.fail({ target: "invoke", times: 1, fault: { kind: "html", status: 200 } });
    const { registration } = await verify(scene, invoke, { waitMs: 50 });
    const silence = expect.stringMatching(/\(VCC may not have dispatched it: .* web page/);
    expect(registration.findings).toContainEqual(
      expect.objectContaining({ id: "not used", message: silence }),
    );
  });

  it("says that VCC still uses the former registration", async () => {
    const scene = await start({ fingerprint: "ba9876543210" });
    const registered = { crm: { ...scene.crm, formerFingerprint: "ba9876543210" } };
    const { registration } = await verify(scene, invoke, { waitMs: 200, registered });
    expect(registration.findings).toMatchObject([
      { message: expect.stringContaining("VCC still used the former registration (ba9876543210)") },
    ]);
  });

  it("knows nothing if the witness goes away, and releases the interaction", async () => {
    let isGone = false;
    const scene = await start({
      onRequest: (path) => {
        isGone ||= path === "/interactions/Invoke";
      },
      options: {
        store: {
          ...createMemoryStore(),
          loadEvidence: async () => {
            if (isGone) throw new Error("gone");
            return undefined;
          },
        },
      },
    });
    const { code, registration } = await verify(scene, invoke, { waitMs: 100 });
    expect([code, registration]).toMatchObject([
      1,
      { result: "not checked", reason: expect.stringContaining("nothing is known") },
    ]);
    expect(scene.invocations()).toBe(2);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
    "ends the interaction, or --release does, if the process gets %s",
    async (name) => {
      let run: ReturnType<typeof startProcess> | undefined;
      const scene = await start({
        fingerprint: "ba9876543210",
        onRequest(path) {
          if (path === "/interactions/Invoke") run?.child.kill(name);
        },
      });
      const startProcess = (...args: string[]) => {
        const deployment = { resources: [{ urn: urnOf("crm"), type, outputs: scene.crm }] };
        installFakePulumi(directory.path, { export: JSON.stringify({ deployment }) });
        const PATH = `${directory.path}${delimiter}${process.env.PATH}`;
        const child = spawn(process.execPath, [program, "verify", "--yes", ...args], {
          env: { ...process.env, ...scene.environment, PATH },
          stdio: ["ignore", "ignore", "pipe"],
        });
        const ended = Promise.all([text(child.stderr), once(child, "close")]);
        return { child, ended: ended.then(([stderr, [code]]) => ({ code, stderr })) };
      };
      run = startProcess(...invoke);
      const { code, stderr } = await run.ended;
      await scene.emulator.settled();
      const released = () =>
        scene.emulator.callbacks().map(({ notification }) => notification === "Release");
      expect([code, released()]).toEqual(name === "SIGKILL" ? [null, [false]] : [1, [false, true]]);
      if (name !== "SIGKILL") return;
      const [, args = ""] = /npx pulumi-vcc verify (--release .*)/.exec(stderr) ?? [];
      expect(await startProcess(...args.split(" ")).ended).toMatchObject({ code: 0 });
      await scene.emulator.settled();
      expect(released()).toEqual([false, true]);
    },
  );

  it("says how to end an interaction that it could not release, and ends it", async () => {
    const scene = await start({
      onRequest(path, emulator) {
        if (path !== "/interactions/Invoke" || emulator.faults().length > 0) return;
        emulator.fail({ target: "invoke", fault: { kind: "status", status: 403 } });
      },
    });
    const { code, registration } = await verify(scene, invoke);
    expect(code).toBe(2);
    expect(registration.findings).toMatchObject([
      {
        id: "not released",
        message: expect.stringMatching(
          /Run npx pulumi-vcc verify --release \S+ --stack acme\/project\/dev -- Crm$/,
        ),
      },
    ]);
    const [, externalid = ""] = /--release (\S+)/.exec(registration.findings[0].message) ?? [];
    const release = ["--release", externalid, "Crm"];
    expect(await verify(scene, release)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${externalid} may still exist: `),
    });
    scene.emulator.clearFaults();
    expect(await verify(scene, release)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`${externalid} is released`),
    });
    await scene.emulator.settled();
    expect(scene.emulator.callbacks().map(({ notification }) => notification)).toEqual([
      ...["AssignToAgent", "Release"],
    ]);
  });

  it("dispatches nothing if the witness cannot be asked", async () => {
    const scene = await start({ options: { witnessToken: "canary-other" } });
    const { code, registration } = await verify(scene, invoke);
    expect([code, registration]).toMatchObject([
      1,
      { result: "not checked", reason: expect.stringMatching(/401.*so nothing was dispatched/) },
    ]);
    const { VCC_WITNESS_TOKEN: _, ...environment } = scene.environment;
    expect(await verify({ ...scene, environment } as never, invoke)).toMatchObject({
      code: 1,
      registration: { reason: expect.stringContaining("set vcc:witnessToken") },
    });
    expect(scene.invocations()).toBe(0);
  });

  it("reports what VCC refuses", async () => {
    const scene = await start();
    scene.emulator.reset();
    const { code, registration } = await verify(scene, invoke);
    expect([code, registration]).toMatchObject([
      1,
      {
        result: "not checked",
        reason: expect.stringMatching(/\/Invoke: 400 .* is not registered/),
      },
    ]);
  });

  it("refuses a registration without a witness, several ones, and missing credentials", async () => {
    const scene = await start();
    const { crm } = scene;
    const { witness: _, ...unwitnessed } = crm;
    const refuse = async (registered: Record<string, object>, ...more: string[]) => {
      const { code, stderr } = await verify(scene, [...invoke, ...more], { registered });
      expect(code).toBe(1);
      return stderr;
    };
    expect(await refuse({ crm: unwitnessed })).toContain('"Crm" has no witness');
    const { registeredAt: __, ...unregistered } = crm;
    expect(await refuse({ crm: unregistered })).toContain("is not registered yet");
    const two = { crm, other: { ...crm, provider: "Other" } };
    expect(await refuse(two)).toContain("name one of Crm, Other");
    const same = { crm, other: { ...crm, account: "acme" } };
    expect(await refuse(same)).toContain("name one of crm, other");
    expect(await refuse({})).toContain("no registration is selected");
    const { VCC_CLIENT_ID: ___, ...environment } = scene.environment;
    expect(await verify({ ...scene, environment } as never, invoke)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("VCC_CLIENT_ID) is not"),
    });
    expect(scene.invocations()).toBe(0);
    expect(await verify(scene, [...invoke, "Crm"], { registered: two })).toMatchObject({
      code: 0,
    });
    expect(await verify(scene, [...invoke, "crm"], { registered: same })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/ -- crm$/m),
    });
  });
});
