import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { startEmulator } from "../../emulator";
import { accountNames, basic, bearer, VccProvider } from "../../provider";
import { createProvider } from "../../provider/lifecycle/boundary";
import { serializable } from "../../provider/resource/serializable";
import { createReceiver } from "../../receiver";
import { settled } from "../provider/resource/settled";
import { startProviderHost } from "../provider-host/provider-host";
import { temporaryDirectory } from "../temporary-directory";

// No user may see a stack trace of this project, wherever it fails.

/** A frame in what a user reads. */
const frame = /^\s*at .*(:\d+:\d+|<anonymous>)\)?$/m;

const args = { provider: "Crm", agentActionsPermitted: {} };

describe("what a program throws", () => {
  beforeAll(() =>
    pulumi.runtime.setMocks({ call: () => ({}), newResource: () => ({ id: "", state: {} }) }),
  );

  const create = (more: object) => new VccProvider("crm", { ...args, ...more });
  const withAccounts = (text: string) => () => {
    process.env.VCC_ACCOUNTS = text;
    try {
      return accountNames();
    } finally {
      delete process.env.VCC_ACCOUNTS;
    }
  };

  /** Pulumi prints only the message of a `RunError`, but its stack if an output rejects late. */
  function expectNoFrames(error: unknown) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect((error as Error).stack).not.toMatch(frame);
  }

  it.each<[string, () => unknown]>([
    ["no name", () => new VccProvider(undefined as never, args)],
    ["an empty name", () => new VccProvider("", args)],
    ["a symbol as a name", () => new VccProvider(Symbol("crm") as never, args)],
    ["no arguments", () => new VccProvider("crm", undefined as never)],
    ["null as arguments", () => new VccProvider("crm", null as never)],
    ["an output as arguments", () => new VccProvider("crm", pulumi.output(args) as never)],
    ["a reserved argument", () => create({ __provider: "" })],
    ["a map of headers", () => create({ headers: new Map() })],
    ["a function", () => create({ provider: () => "Crm" })],
    ["a broken text", () => create({ endpoint: "\ud800" })],
    ["the option id", () => new VccProvider("crm", args, { id: "x" })],
    ["the option import", () => new VccProvider("crm", args, { import: "x" })],
    ["no body", () => VccProvider.fromSettings("crm", undefined as never)],
    ["an invalid body", () => VccProvider.fromSettings("crm", "{")],
    ["an argument in the body", () => VccProvider.fromSettings("crm", { account: "a" } as never)],
    ["a body without a name", () => VccProvider.fromSettings("", { provider: "Crm" })],
    ["invalid accounts", withAccounts("{")],
    ["empty accounts", withAccounts("")],
  ])("for %s has no frames", (_case, program) => {
    expectNoFrames(thrownBy(program));
  });

  it.each<[string, () => pulumi.Output<unknown>]>([
    ["no token", () => bearer(undefined as never)],
    ["an empty password", () => basic("user", pulumi.output(""))],
    ["an invalid user", () => basic("us:er", "password")],
    [
      "a function in an output",
      () =>
        serializable(
          "endpoint",
          pulumi.output([() => 1]).apply(([f]) => f),
        ),
    ],
  ])("later, for %s, has no frames", async (_case, program) => {
    expectNoFrames(await settled(program()).catch((thrown) => thrown));
  });

  it.each<[string, pulumi.CustomResourceOptions | null]>([
    ["null as options", null],
    ["null as providers", { providers: null } as never],
  ])("does not depend on %s", (_case, options) => {
    expect(thrownBy(() => new VccProvider("crm", args, options as never))).toBeUndefined();
    expect(
      thrownBy(() => VccProvider.fromSettings("crm", { provider: "Crm" }, options as never)),
    ).toBeUndefined();
  });
});

function thrownBy(program: () => unknown): unknown {
  try {
    program();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("what the provider process prints", () => {
  it("has no frames, whatever fails", async () => {
    const emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
    const host = await startProviderHost({
      environment: {
        VCC_REGION: "emea",
        VCC_API_URL: emulator.apiUrl,
        VCC_AUTH_URL: emulator.authUrl,
        VCC_CLIENT_ID: "id",
        VCC_CLIENT_SECRET: "secret",
      },
    });
    try {
      await host.configure({});
      const { inputs } = await host.check({}, { ...args, fingerprintKey: "crm#1" });
      const { id, properties } = await host.create(inputs);
      const other = await host.check({}, { ...args, provider: "Other", fingerprintKey: "other#1" });
      const witness = { url: "https://127.0.0.1:1/", required: true };
      for (let count = 0; count < 3; count += 1) {
        emulator.fail({ target: "register", fault: { kind: "status", status: 400 } });
      }
      const failures = [
        host.create(other.inputs),
        host.update(id, properties, { ...inputs, endpoint: "https://crm.example.com" }),
        host.delete(id, { ...properties, provider: "Former" }),
        host.diff(id, properties, { ...inputs, account: "acme" }),
        host.read(id, { ...properties, endpoint: "https://crm.example.com", witness }),
        host.delete(id, {}),
      ];
      const messages = await Promise.all(
        failures.map((failure) =>
          failure.then(
            () => "no failure",
            (error: Error) => error.message,
          ),
        ),
      );
      expect(messages).toEqual([
        expect.stringContaining("400"),
        expect.stringContaining("400"),
        expect.stringContaining("400"),
        expect.stringContaining("no account"),
        expect.stringContaining("witness"),
        expect.stringContaining("cannot be reset"),
      ]);
      expect(messages.join("\n")).not.toMatch(frame);
    } finally {
      await host.close();
      await emulator.close();
    }
    expect(host.stderr()).not.toMatch(frame);
    // The engine prints those of create and update.
    expect(host.stderr().match(/^pulumi-vcc: .*/gm)).toHaveLength(4);
  });

  it("has no frames without the package", async () => {
    const host = await startProviderHost({ installed: false });
    try {
      for (const call of [host.check({}, args), host.delete("id", args)]) {
        await expect(call).rejects.toThrow(/Install pulumi-vcc in /);
      }
    } finally {
      await host.close();
    }
    expect(host.stderr()).toContain("Error: Install pulumi-vcc in ");
    expect(host.stderr()).not.toMatch(frame);
  });

  it("says that anything else is a bug", async () => {
    const bug = new TypeError("x is not a function");
    const provider = createProvider({ diff: () => Promise.reject(bug) } as never);
    const error = await provider.diff("", {}, {}).catch((thrown) => thrown);
    expect(`${error}: ${error.stack}`).toBe(
      "pulumi-vcc: TypeError: x is not a function. This is a bug in pulumi-vcc, please report it",
    );
    expect(error.message).toContain("x is not a function");
  });
});

describe("what the command prints", () => {
  const directory = temporaryDirectory();
  const program = join(__dirname, "../../dist/cli/main.js");

  async function run(script: string, environment: Record<string, string> = {}) {
    const child = spawn("sh", ["-c", script.replace("pulumi-vcc", `"$NODE" "${program}"`)], {
      cwd: directory.path,
      env: {
        PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
        NODE: process.execPath,
        ...environment,
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    const [code] = await once(child, "close");
    return { code, output };
  }

  const vcc = {
    VCC_REGION: "emea",
    VCC_CLIENT_ID: "id",
    VCC_CLIENT_SECRET: "secret",
    VCC_API_URL: "http://127.0.0.1:1",
    VCC_AUTH_URL: "http://127.0.0.1:1",
  };

  const inNoDirectory = "mkdir gone && cd gone && rmdir ../gone && pulumi-vcc";

  it.each<[string, string, Record<string, string>?]>([
    ["unknown command 'nonsense'", "pulumi-vcc nonsense"],
    ["unknown option '--nonsense'", "pulumi-vcc drift --nonsense"],
    ["it cannot be read (EISDIR)", "pulumi-vcc drift --since ."],
    ["no Pulumi.yaml in", "pulumi-vcc drift"],
    ["pulumi is not on the PATH", "touch Pulumi.yaml && pulumi-vcc drift --all"],
    ["no Pulumi.yaml in", "pulumi-vcc inventory"],
    ["index.ts exists", "touch index.ts && pulumi-vcc init"],
    ["body.json cannot be read (ENOENT)", "pulumi-vcc init --from body.json"],
    ["the current working directory was likely removed", `${inNoDirectory} init`],
    ["the current working directory was likely removed", `${inNoDirectory} drift`],
    ["is required", "pulumi-vcc conformance --yes"],
    ["ECONNREFUSED", "pulumi-vcc conformance --yes", vcc],
    ["cannot be read (EISDIR)", "pulumi-vcc emulator --state ."],
    ["oops; this is a bug in pulumi-vcc", "pulumi-vcc emulator --port 0", { BUG: "oops" }],
  ])("has no frames: %s, of %s", async (message, script, environment = {}) => {
    const preload = join(directory.path, "bug.cjs");
    writeFileSync(preload, "setImmediate(() => { throw new Error(process.env.BUG); });");
    const bug = environment.BUG === undefined ? {} : { NODE_OPTIONS: `--require ${preload}` };
    const { code, output } = await run(script, { ...environment, ...bug });
    expect(output).toContain(message);
    expect(output).not.toMatch(frame);
    expect(code).toBe(1);
  });

  it("has no frames if the reader closes the pipe", async () => {
    mkdirSync(join(directory.path, "project"));
    const { output } = await run("cd project && pulumi-vcc init | true; sleep 0.1");
    expect(output).toBe("");
  });
});

describe("what a receiver reports", () => {
  it("has no frames", async () => {
    const headers = { Authorization: "Bearer token" };
    const causes: unknown[] = [];
    const receiver = createReceiver({
      headers,
      path: "/vcc",
      witnessToken: "witness",
      onNotification: () => {},
      onError: (cause) => causes.push(cause),
    });
    const url = "https://crm.example.com/vcc";
    const requests: Array<[string, RequestInit]> = [
      [url, { method: "POST", body: "[]" }],
      [url, { method: "POST", headers, body: "{" }],
      [url, { method: "POST", headers, body: '[{"notification": 1}]' }],
      [url, { method: "POST", headers, body: "x".repeat(1_000_001) }],
      [url, { headers }],
      ["https://crm.example.com/elsewhere", { method: "POST", headers, body: "[]" }],
      ["https://crm.example.com/.well-known/vcc-registration", {}],
    ];
    for (const [target, request] of requests) await receiver.fetch(new Request(target, request));
    expect(causes).toHaveLength(requests.length);
    // As `console.error` prints them.
    expect(causes.map((cause) => inspect(cause)).join("\n")).not.toMatch(frame);
  });
});
