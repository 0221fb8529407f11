import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator";

const root = join(__dirname, "../..");
const { version } = require("../../package.json");
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

const proxyVariables = /^(https?|no)_proxy$/i;

/** The built program, as users run it. */
function run(...args: string[]) {
  return runIn({}, ...args);
}

/** Runs it with these variables, and with no other proxy variables. */
function runIn(variables: Record<string, string>, ...args: string[]) {
  const inherited = Object.entries(process.env).filter(([name]) => !proxyVariables.test(name));
  const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
    env: { ...Object.fromEntries(inherited), ...variables },
  });
  started.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (output.stdout += chunk));
  child.stderr.on("data", (chunk) => (output.stderr += chunk));
  const ended = once(child, "close").then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

describe("pulumi-vcc inventory", () => {
  it("fails if it cannot read a state", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-inventory-"));
    const { code, stderr } = await run("inventory", "--cwd", directory).ended;
    rmSync(directory, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${directory}: no Pulumi.yaml in ${directory} or above`);
  });
});

describe("pulumi-vcc", () => {
  it.each(["18.20.8", "20.20.2", "22.12.0"])(
    "refuses Node.js %s before it loads anything else",
    async (version) => {
      const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-node-"));
      const preload = join(directory, "preload.cjs");
      writeFileSync(
        preload,
        `Object.defineProperty(process.versions, "node", { value: ${JSON.stringify(version)} });
      const { _load } = require("node:module");
      require("node:module")._load = (name, ...rest) => {
        if (name === "commander") throw new Error("commander is loaded");
        return _load(name, ...rest);
      };`,
      );
      const { code, stdout, stderr } = await runIn(
        { NODE_OPTIONS: `--require ${preload}` },
        "--help",
      ).ended;
      expect({ code, stdout, stderr }).toEqual({
        code: 1,
        stdout: "",
        stderr: `error: Node.js 22.19.0 or newer is required, and this is ${version} (${process.execPath})\n`,
      });
      rmSync(directory, { recursive: true });
    },
  );

  it("prints its version and its commands", async () => {
    expect(await run("--version").ended).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    const { stdout } = await run("--help").ended;
    for (const command of ["init", "emulator", "drift", "inventory", "conformance"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    }
  });

  it.each([
    [["drift", "--check-failed", "no reason"], false],
    [["inventory"], false],
    [["drift", "--since", "package.json"], true],
  ])("loads zod only if it needs it: %j", async (args, expected) => {
    const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-zod-"));
    const preload = join(directory, "preload.cjs");
    writeFileSync(
      preload,
      `process.on("exit", () => {
        const loaded = Object.keys(require.cache).some((file) => /node_modules.zod\\W/.test(file));
        console.error("zod loaded:", loaded);
      });`,
    );
    const { stderr } = await runIn({ NODE_OPTIONS: `--require ${preload}` }, ...args).ended;
    expect(stderr).toContain(`zod loaded: ${expected}`);
    rmSync(directory, { recursive: true });
  });

  it.each([
    ["an unknown command", ["emulate"], "unknown command 'emulate'"],
    ["a state file without a name", ["emulator", "--state", ""], "it must not be empty"],
    ["a stack without a name", ["drift", "--stack", ""], "it must not be empty"],
    ["an output without a name", ["drift", "-f", "json", "-o", ""], "it must not be empty"],
    ["two selections", ["drift", "--all", "--stack", "a"], "--stack and --all exclude each other"],
    ["two places", ["inventory", "-C", ".", "--all-projects", "."], "--cwd and --all-projects"],
    ["an invalid --parallel", ["inventory", "--parallel", "0"], "a whole number from 1 to 9999"],
    ["an invalid --timeout", ["drift", "--timeout", "1d"], 'a duration like "90s", "10m" or "1h"'],
    ["a repair that cannot ask", ["drift", "--repair"], "add --yes to repair without asking"],
    ["a notification of nothing", ["drift", "--notify-command", "x"], "needs --since"],
    ["another file as a report", ["drift", "--since", "package.json"], "not a JSON report of this"],
    ["an invalid port", ["emulator", "--port", "http"], "use a number from 0 to 65535"],
    ["an unknown switch", ["emulator", "--behavior", "a=b"], "a name that --help lists"],
    [
      "a directory as a state file",
      ["emulator", "--port", "0", "--state", root],
      "cannot be read (EISDIR)",
    ],
  ])("rejects %s", async (_case, args, message) => {
    const { code, stderr } = await run(...args).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});

describe("pulumi-vcc emulator", () => {
  it("prints the environment variables for its clients, logs requests, and exits on SIGTERM", async () => {
    const { child, output, ended } = run("emulator", "--port", "0", "--client-secret", "it's");
    while (!output.stdout.includes("Ctrl-C")) await once(child.stdout, "data");
    const variables = Object.fromEntries(
      [...output.stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    expect(variables).toEqual({
      VCC_REGION: "emea",
      VCC_CLIENT_ID: "emulator",
      VCC_CLIENT_SECRET: "'it'\\''s'",
      VCC_API_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/interactions$/),
      VCC_AUTH_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/Auth\/connect\/token$/),
    });
    const [, pageUrl = ""] = /^Open (\S+) to watch it/m.exec(output.stdout) ?? [];
    expect(await (await fetch(pageUrl)).text()).toContain("<h1>Local VCC</h1>");
    const { status } = await fetch(variables.VCC_AUTH_URL ?? "", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "emulator",
        client_secret: "it's",
        scope: "interactions:write",
      }),
    });
    expect(status).toBe(200);
    while (!output.stdout.includes("token 200")) await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("applies its options, and logs its responses", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vcc-state-"));
    const { child, output } = runIn(
      { HTTPS_PROXY: "http://127.0.0.1:9" },
      ...["emulator", "--port", "0", "--state", join(folder, "state.json")],
      ...["--behavior", "tokenLifetimeS=900", "--behavior", "tokenType=bearer"],
      ...["--rate-limit", "2/1m:none", "--latency", "1"],
      ...["--fault", "token:status:503", "--fault", "token:lost-response"],
    );
    try {
      while (!output.stdout.includes("Ctrl-C")) await once(child.stdout, "data");
      expect(output.stdout).toContain("\nexport NO_PROXY=127.0.0.1\n");
      expect(output.stdout).toContain('Until then, pulumi-vcc drift says "in sync".');
      expect(output.stdout).toContain(`are kept in ${join(folder, "state.json")}`);
      expect(existsSync(join(folder, "state.json"))).toBe(true);
      const [, url = ""] = /VCC_AUTH_URL=(.*)/.exec(output.stdout) ?? [];
      const askForToken = () =>
        fetch(url, {
          method: "POST",
          body: new URLSearchParams({
            grant_type: "client_credentials",
            client_id: "emulator",
            client_secret: "emulator-secret",
            scope: "interactions:write",
          }),
        });
      expect((await askForToken()).status).toBe(503);
      await expect(askForToken()).rejects.toThrow();
      expect(await (await askForToken()).json()).toMatchObject({
        expires_in: 900,
        token_type: "bearer",
      });
      expect((await askForToken()).status).toBe(429);
      while (!output.stdout.includes("token 429")) await once(child.stdout, "data");
      expect(output.stdout.match(/^POST .*$/gm)).toEqual([
        "POST /Auth/connect/token 503 (status)",
        "POST /Auth/connect/token no response (lost-response)",
        "POST /Auth/connect/token 200",
        "POST /Auth/connect/token 429",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("ends without a stack if nothing reads its output", async () => {
    const { child, output, ended } = run("emulator", "--port", "0");
    while (!output.stdout.includes("Ctrl-C")) await once(child.stdout, "data");
    child.stdout.destroy();
    const [, url = ""] = /listening on (\S+)\. /.exec(output.stdout) ?? [];
    await fetch(`${url}/other`).catch(() => {});
    expect(await ended).toMatchObject({ code: 1, stderr: "" });
  });

  it("serves no page with --no-admin", async () => {
    const { child, output } = run("emulator", "--port", "0", "--no-admin");
    while (!output.stdout.includes("Ctrl-C")) await once(child.stdout, "data");
    expect(output.stdout).not.toContain("to watch it");
    const [, url = ""] = /listening on (\S+)\. /.exec(output.stdout) ?? [];
    expect((await fetch(url)).status).toBe(404);
  });

  it("reports that the port is in use", async () => {
    const emulator = await startEmulator();
    try {
      const port = new URL(emulator.url).port;
      expect(await run("emulator", "--port", port).ended).toEqual({
        code: 1,
        stdout: "",
        stderr: `error: port ${port} is in use; choose another one with --port\n`,
      });
    } finally {
      await emulator.close();
    }
  });
});
