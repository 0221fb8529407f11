import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { startEmulator } from "../../emulator";
import { servers } from "../receiver/server";
import { temporaryDirectory } from "../temporary-directory";

const program = join(__dirname, "../../dist/cli/main.js");
const schema = JSON.parse(
  readFileSync(join(__dirname, "../../schemas/conformance-1.schema.json"), "utf8"),
);

describe("pulumi-vcc conformance", () => {
  const directory = temporaryDirectory();
  const listen = servers();

  function start(server: { apiUrl: string; authUrl: string }, ...args: string[]) {
    const child = spawn(process.execPath, [program, "conformance", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        VCC_REGION: "emea",
        VCC_CLIENT_ID: "emulator",
        VCC_CLIENT_SECRET: "canary-client-secret",
        VCC_API_URL: server.apiUrl,
        VCC_AUTH_URL: server.authUrl,
      },
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (output.stdout += chunk));
    child.stderr.on("data", (chunk) => (output.stderr += chunk));
    const ended = once(child, "close").then(([code]) => ({ code, ...output }));
    return { child, ended };
  }

  it("sends nothing without --yes and without a terminal", async () => {
    const emulator = await startEmulator({ clientSecret: "canary-client-secret" });
    try {
      const { code, stderr } = await start(emulator).ended;
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") });
      expect(emulator.requests()).toEqual([]);
    } finally {
      await emulator.close();
    }
  });

  it("prints a report, and writes the emulator's behavior, without secrets", async () => {
    const emulator = await startEmulator({
      clientSecret: "canary-client-secret",
      behavior: { successStatus: 204, agentActions: "optional" },
    });
    const behavior = join(directory.path, "behavior.json");
    try {
      const args = ["--yes", "--format", "json", "--behavior", behavior];
      const { code, stdout, stderr } = await start(emulator, ...args).ended;
      expect(code).toBe(0);
      expect(stderr).toContain("the client emulator");
      expect(stderr).toContain("the name pulumi-vcc-conformance");
      const written = readFileSync(behavior, "utf8");
      for (const text of [stdout, stderr, written]) {
        expect(text).not.toMatch(/canary-client|emulator-token-/);
      }
      const validate = addFormats(new Ajv2020({ allowUnionTypes: true })).compile(schema);
      expect([validate(JSON.parse(stdout)), validate.errors]).toEqual([true, null]);
      expect(JSON.parse(written)).toMatchObject({ successStatus: 204, agentActions: "optional" });
    } finally {
      await emulator.close();
    }
  });

  it("sends as many requests as it announces, and ends with the verdict", async () => {
    const emulator = await startEmulator({ clientSecret: "canary-client-secret" });
    const { code, stdout, stderr } = await start(emulator, "--yes").ended;
    await emulator.close();
    expect(code).toBe(0);
    const [, announced] = /^This sends at most (\d+) requests/.exec(stderr) ?? [];
    expect(emulator.requests()).toHaveLength(Number(announced));
    expect(stdout).toMatch(/\nAs documented: \d+ as documented, \d+ observed\n$/);
  });

  it("resets its name after Ctrl-C", async () => {
    let requests = 0;
    let run: ReturnType<typeof start> | undefined;
    const emulator = await startEmulator({
      clientSecret: "canary-client-secret",
      onRequest() {
        requests += 1;
        if (requests === 8) run?.child.kill("SIGINT");
      },
    });
    run = start(emulator, "--yes");
    const { code, stdout, stderr } = await run.ended;
    await emulator.close();
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: /m) });
    expect(stdout).toMatch(
      /^pulumi-vcc-conformance remains at VCC, reset\nIncomplete: .*\d not asked.*\n$/m,
    );
    expect(emulator.registrations()).toMatchObject([{ provider: "pulumi-vcc-conformance" }]);
    expect(emulator.registrations()[0]).not.toHaveProperty("headers");
  });

  it("shows no secrets that a server echoes", async () => {
    const echo: RequestListener = async (request, response) => {
      let body = JSON.stringify(request.headers);
      for await (const chunk of request) body += chunk;
      response.writeHead(400, { "content-type": "text/plain" }).end(body);
    };
    const { url } = await listen(echo);
    const { code, stdout, stderr } = await start({ apiUrl: url, authUrl: url }, "--yes").ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: token remains unclear: 400/m);
    const basic = Buffer.from("emulator:canary-client-secret").toString("base64");
    for (const secret of ["canary", basic]) expect(stdout + stderr).not.toContain(secret);
  });

  it("exits with 2 if VCC differs from its documentation", async () => {
    const { url } = await listen((_request, response) => {
      response.end('{"access_token":"a","token_type":"Bearer","expires_in":900}');
    });
    const { code, stdout } = await start({ apiUrl: url, authUrl: url }, "--yes").ended;
    expect(code).toBe(2);
    expect(stdout).toMatch(/^refused-token +401 for an invalid token +contradicts/m);
    expect(stdout).toMatch(/\nContradicts: token-scope, .*refused-token.*\n$/);
    expect(stdout).toContain("docs/emulator.md says what a difference breaks");
  });
});
