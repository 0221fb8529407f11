import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { startEmulator } from "../../emulator";
import { servers } from "../receiver/server";
import { temporaryDirectory } from "../temporary-directory";

const program = join(__dirname, "../../dist/cli/main.js");
const kills = 20;

describe("pulumi-vcc conformance", () => {
  const directory = temporaryDirectory();
  const listen = servers();

  function start(server: { apiUrl: string; authUrl: string }, ...args: string[]) {
    const child = spawn(process.execPath, [program, "conformance", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PULUMI_HOME: directory.path,
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

  it("writes a report and the emulator's behaviour, without secrets", async () => {
    const emulator = await startEmulator({
      clientSecret: "canary-client-secret",
      behaviour: { successStatus: 204, agentActions: "optional" },
    });
    const [report, behaviour] = ["report.json", "behaviour.json"].map((name) =>
      join(directory.path, name),
    ) as [string, string];
    try {
      const { code, stdout, stderr } = await start(
        emulator,
        ...["--yes", "--per-minute", "6000", "-f", "json", "-o", report, "--behaviour", behaviour],
      ).ended;
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
      expect(stderr).toContain("the client emulator");
      const texts = [stderr, readFileSync(report, "utf8"), readFileSync(behaviour, "utf8")];
      for (const text of texts) expect(text).not.toMatch(/canary-client|emulator-token-/);
      const schema = JSON.parse(
        readFileSync(join(__dirname, "../../schemas/conformance-1.schema.json"), "utf8"),
      );
      expect(
        addFormats(new Ajv2020({ allowUnionTypes: true })).validate(
          schema,
          JSON.parse(texts[1] ?? ""),
        ),
      ).toBe(true);
      expect(JSON.parse(texts[2] ?? "")).toMatchObject({
        successStatus: 204,
        agentActions: "optional",
      });
    } finally {
      await emulator.close();
    }
  });

  it("stays below a limit of 160 requests a minute, and says how many it sent", async () => {
    const emulator = await startEmulator({
      clientSecret: "canary-client-secret",
      behaviour: { rateLimit: { requests: 160, windowMs: 60_000, retryAfter: "seconds" } },
    });
    const { code, stdout } = await start(emulator, "--yes").ended;
    await emulator.close();
    expect(code).toBe(0);
    const sent = emulator.requests();
    expect(sent.filter(({ status }) => status === 429)).toEqual([]);
    expect(sent.length).toBeLessThanOrEqual(60);
    expect(stdout).toMatch(new RegExp(`^${sent.length} requests in \\d+\\.\\d s$`, "m"));
  });

  it("resets its names after Ctrl-C", async () => {
    let requests = 0;
    let run: ReturnType<typeof start> | undefined;
    const emulator = await startEmulator({
      clientSecret: "canary-client-secret",
      onRequest() {
        requests += 1;
        if (requests === 8) run?.child.kill("SIGINT");
      },
    });
    run = start(emulator, "--yes", "--per-minute", "6000");
    const { code, stderr } = await run.ended;
    await emulator.close();
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: /m) });
    expect(emulator.registrations()).not.toEqual([]);
    for (const { endpoint, headers } of emulator.registrations()) {
      expect({ endpoint, headers }).toEqual({});
    }
    expect(readdirSync(join(directory.path, "pulumi-vcc/conformance"))).toEqual([]);
  });

  it.each<[string, RequestListener]>([
    [
      "a login page",
      (_request, response) =>
        response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in</html>"),
    ],
    ["200 for everything", (_request, response) => response.end("{}")],
    [
      "a redirect",
      (_request, response) => response.writeHead(302, { location: "https://login.example/" }).end(),
    ],
    [
      "an echo of each request",
      async (request, response) => {
        let body = JSON.stringify(request.headers);
        for await (const chunk of request) body += chunk;
        response.writeHead(400, { "content-type": "text/plain" }).end(body);
      },
    ],
  ])("never succeeds with a server that is not VCC: %s", async (_case, listener) => {
    const { url } = await listen(listener);
    const report = join(directory.path, "report.json");
    const server = { apiUrl: `${url}/interactions`, authUrl: `${url}/token` };
    const { code, stderr } = await start(
      server,
      ...["--yes", "--per-minute", "6000", "-f", "json", "-o", report],
    ).ended;
    expect([1, 2]).toContain(code);
    expect(stderr).toMatch(/^error: ./m);
    const basic = Buffer.from("emulator:canary-client-secret").toString("base64");
    for (const text of [stderr, readFileSync(report, "utf8")]) {
      for (const secret of ["canary", basic]) expect(text).not.toContain(secret);
    }
  });

  it("exits with 2 if VCC contradicts what this package relies on, and says what breaks", async () => {
    const emulator = await startEmulator({ clientSecret: "canary-client-secret" });
    const { url } = await listen(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { host, "content-length": _length, connection, ...headers } = request.headers;
      const answer = await fetch(`${emulator.url}${request.url}`, {
        method: "POST",
        headers: headers as Record<string, string>,
        body,
      });
      // Instead of the documented 401.
      response.writeHead(answer.status === 401 ? 403 : answer.status).end(await answer.text());
    });
    const server = { apiUrl: `${url}/interactions`, authUrl: `${url}/Auth/connect/token` };
    const { code, stdout } = await start(server, "--yes", "--per-minute", "6000").ended;
    await emulator.close();
    expect(code).toBe(2);
    expect(stdout).toMatch(/^refused-token: breaks the renewal of a token/m);
  });

  it(`resets what ${kills} killed runs left`, async () => {
    let runs: ReturnType<typeof start> | undefined;
    let killAfter = Number.POSITIVE_INFINITY;
    let requests = 0;
    const emulator = await startEmulator({
      clientSecret: "canary-client-secret",
      onRequest() {
        requests += 1;
        if (requests >= killAfter) runs?.child.kill("SIGKILL");
      },
    });
    const journals = join(directory.path, "pulumi-vcc/conformance");
    try {
      for (let kill = 0; kill < kills; kill += 1) {
        requests = 0;
        killAfter = 3 + Math.floor(Math.random() * 20);
        runs = start(emulator, "--yes", "--per-minute", "6000");
        await runs.ended;
        for (const name of readdirSync(journals)) {
          expect(statSync(join(journals, name)).mode & 0o777).toBe(0o600);
        }
      }
      killAfter = Number.POSITIVE_INFINITY;
      for (let left = readdirSync(journals).length; left > 0; left = readdirSync(journals).length) {
        const { code, stderr } = await start(emulator, "--yes", "--per-minute", "6000").ended;
        expect({ code, stderr }).toMatchObject({
          code: 0,
          stderr: expect.stringContaining("An earlier run left"),
        });
        expect(readdirSync(journals).length).toBeLessThan(left);
      }
      const registrations = emulator.registrations();
      expect(registrations.length).toBeGreaterThan(kills / 2);
      for (const { endpoint, headers } of registrations) {
        expect({ endpoint, headers }).toEqual({});
      }
    } finally {
      await emulator.close();
    }
  });
});
