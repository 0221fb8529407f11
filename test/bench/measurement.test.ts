import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure } from "../../bench/measurement.mts";

const command = (script: string, ...args: string[]) => ({
  program: process.execPath,
  args: ["-e", script, ...args],
  cwd: __dirname,
  env: {},
});

describe("measure", () => {
  it("measures the time from start to end", async () => {
    const { seconds } = await measure(command("setTimeout(() => {}, 300)"));
    expect(seconds).toBeGreaterThan(0.3);
    expect(seconds).toBeLessThan(10);
  });

  it("fails with the end of the output when the command fails", async () => {
    const failing = command("console.log('what went wrong'); process.exit(3)");
    await expect(measure(failing)).rejects.toThrow(/exited with 3:\nwhat went wrong$/);
  });

  it("rejects a program that does not exist", async () => {
    await expect(measure({ ...command(""), program: "/nowhere" })).rejects.toThrow("ENOENT");
  });

  it("settles only after the aborted command has ended", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-measure-test-"));
    const [started, terminated] = [join(directory, "started"), join(directory, "terminated")];
    const stubborn = command(
      `const { writeFileSync } = require("node:fs");
      process.on("SIGTERM", () => setTimeout(() => {
        writeFileSync(process.argv[2], "");
        process.exit();
      }, 300));
      setTimeout(() => {}, 60_000);
      writeFileSync(process.argv[1], "");`,
      started,
      terminated,
    );
    const abortController = new AbortController();
    const measured = measure(stubborn, abortController.signal);
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 20));
    abortController.abort();
    await expect(measured).rejects.toThrow(/aborted/);
    expect(existsSync(terminated)).toBe(true);
    rmSync(directory, { recursive: true });
  });

  const withProc = existsSync("/proc") ? it : it.skip;
  withProc("reports separate peaks for the engine and the provider process", async () => {
    // The provider process is recognized by its command line. Here it is a grandchild, as with an engine that
    // uses a shell.
    const provider = "Buffer.alloc(300 * 2 ** 20, 1); setTimeout(() => {}, 700)";
    const { engineMemory, providerMemory } = await measure(
      command(`
        const { spawn } = require("node:child_process");
        const script = ${JSON.stringify(provider)};
        const child = ["-e", script, "terraform-provider-example"];
        const between = \`require("node:child_process").spawn(process.execPath, \${JSON.stringify(child)})\`;
        spawn(process.execPath, ["-e", between]);
      `),
    );
    expect(providerMemory).toBeGreaterThan(300);
    expect(engineMemory).toBeGreaterThan(20);
    expect(engineMemory).toBeLessThan(250);
  });
});
