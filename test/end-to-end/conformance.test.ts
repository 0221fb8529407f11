import { execFile } from "node:child_process";
import { join } from "node:path";
import { sceneWith } from "./project";
import { formsOf } from "./secrets";

describe("pulumi-vcc conformance --stack", () => {
  const scene = sceneWith("tarball");

  function conformance(...args: string[]): Promise<{ code: number; output: string }> {
    const { directory, stack } = scene.project;
    const program = join(directory, "node_modules/pulumi-vcc/dist/cli/main.js");
    const settings = Object.entries({ ...process.env, ...stack.workspace.envVars });
    const env = Object.fromEntries(settings.filter(([name]) => !name.startsWith("VCC_")));
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [program, "conformance", "--yes", ...args],
        { cwd: directory, env },
        (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
  }

  it("takes the settings of a stack, its secrets and its named accounts", async () => {
    const { project, emulator, credentials } = scene;
    const { stack } = project;
    const { clientId, clientSecret } = credentials;
    const set = (key: string, value: string, secret = false) =>
      stack.setConfig(key, { value, secret }, true);
    await set("vcc:apiUrl", emulator.apiUrl);
    await set("vcc:authUrl", emulator.authUrl);
    await set("vcc:accounts.acme.region", "emea");
    await set("vcc:accounts.acme.clientId", clientId);
    await set("vcc:accounts.acme.clientSecret", clientSecret, true);

    const named = await conformance("--stack", "dev", "--account", "acme");
    expect(named).toMatchObject({ code: 0, output: expect.stringContaining("the client id") });
    for (const form of formsOf(clientSecret)) expect(named.output.includes(form)).toBe(false);

    const before = emulator.requests().length;
    const flat = await conformance("--stack", "dev");
    expect(flat).toMatchObject({ code: 1, output: expect.stringContaining("vcc:region") });
    const missing = await conformance("--stack", "prod");
    expect(missing).toMatchObject({ code: 1, output: expect.stringContaining("prod") });
    expect(emulator.requests()).toHaveLength(before);
  });
});
