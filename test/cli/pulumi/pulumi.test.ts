import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createPulumi } from "../../../cli/pulumi/pulumi";
import { temporaryDirectory } from "../../temporary-directory";

describe("pulumi", () => {
  const directory = temporaryDirectory();
  const { PATH } = process.env;
  beforeEach(() => {
    process.env.PATH = [directory.path, PATH].join(delimiter);
  });
  afterEach(() => {
    process.env.PATH = PATH;
  });

  /** Installs a CLI that runs this code. */
  function install(code: string) {
    const path = join(directory.path, "pulumi");
    writeFileSync(path, `#!${process.execPath}\nconst fs = require("node:fs");\n${code}`);
    chmodSync(path, 0o755);
  }

  it("returns what a command prints, and whether it failed", async () => {
    install(
      'console.log(process.argv.slice(2).join()); console.error("no"); process.exitCode = 3;',
    );
    expect(await createPulumi()(["up"], directory.path)).toEqual({
      failed: true,
      stdout: "up,--non-interactive,--color,never\n",
      stderr: "no\n",
    });
  });

  it("runs no more commands at once than allowed", async () => {
    install(`const lock = fs.openSync("running", "wx");
setTimeout(() => { fs.closeSync(lock); fs.unlinkSync("running"); }, 50);`);
    const pulumi = createPulumi({ parallel: 1 });
    const results = await Promise.all([1, 2, 3].map(() => pulumi([], directory.path)));
    expect(results.map(({ failed, stderr }) => ({ failed, stderr }))).toEqual(
      Array(3).fill({ failed: false, stderr: "" }),
    );
  });

  it("ends the command and what it has started, directly or not, if it is stopped", async () => {
    install(`const { spawn } = require("node:child_process");
process.on("SIGTERM", () => {});
spawn("sh", ["-c", "sleep 600 & echo $! > pid; wait"], { detached: true });`);
    const controller = new AbortController();
    const running = createPulumi({ signal: controller.signal })([], directory.path);
    const file = join(directory.path, "pid");
    while (!existsSync(file) || readFileSync(file, "utf8") === "") await wait(10);
    controller.abort("stopped by a test");
    await expect(running).rejects.toThrow("stopped by a test; run it again");
    // It stays a zombie until the system has reaped it.
    while (isRunning(Number(readFileSync(file, "utf8")))) await wait(10);
    const later = createPulumi({ signal: controller.signal })([], directory.path);
    await expect(later).rejects.toThrow("stopped by a test");
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
