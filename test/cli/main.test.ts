import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startEmulator } from "../../emulator";

const root = join(__dirname, "../..");
const { version } = require("../../package.json");
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** The built program, as users run it. */
function run(...args: string[]) {
  const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), ...args]);
  started.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (output.stdout += chunk));
  child.stderr.on("data", (chunk) => (output.stderr += chunk));
  const ended = once(child, "close").then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

describe("pulumi-vcc", () => {
  it("tells its version and its commands", async () => {
    expect(await run("--version").ended).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect((await run("--help").ended).stdout).toContain("emulator");
  });

  it.each([
    ["an unknown command", ["emulate"], "unknown command 'emulate'"],
    ["a port that is none", ["emulator", "--port", "http"], "a port is a number from 0 to 65535"],
  ])("refuses %s", async (_case, args, message) => {
    const { code, stderr } = await run(...args).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});

describe("pulumi-vcc emulator", () => {
  it("prints the environment that reaches it, reports requests, and ends on SIGTERM", async () => {
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

  it("says when the port is in use", async () => {
    const emulator = await startEmulator();
    try {
      const port = new URL(emulator.url).port;
      expect(await run("emulator", "--port", port).ended).toEqual({
        code: 1,
        stdout: "",
        stderr: `error: port ${port} is in use; choose another with --port\n`,
      });
    } finally {
      await emulator.close();
    }
  });
});
