import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { startEmulator } from "../../emulator";
import { temporaryDirectory } from "../temporary-directory";

const program = join(__dirname, "../../dist/cli/main.js");
const kills = 20;

describe("pulumi-vcc conformance", () => {
  const directory = temporaryDirectory();

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
