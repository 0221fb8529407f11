import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drift, runWithoutCredentials } from "../end-to-end/drift-reports";
import { environmentOf, sceneWith } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";
import { parseReport } from "../report-formats";

const program = `import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "pulumi-vcc";
const config = new pulumi.Config();
new VccProvider("before", { provider: "Shared", agentActionsPermitted: {} });
if (pulumi.getStack() === "broken") {
  config.requireSecret("token").apply((token) => {
    throw new Error("broken by " + token + process.env.SERVICE_PASSWORD);
  });
}
if (process.env.BLOCK) {
  writeFileSync(process.env.BLOCK, String(process.pid));
  setInterval(() => {}, 1000);
}`;

describe("every stack in one look", () => {
  const scene = sceneWith("tarball");

  it("has a row for each, and repairs what it can", async () => {
    const { project, emulator, credentials } = scene;
    const { stack, directory } = project;
    const { workspace } = stack;
    project.write(program);
    const [token, password] = [canary("token"), canary("password")];
    for (const name of ["other", "broken", "locked"]) await workspace.createStack(name);
    for (const name of ["dev", "other"]) {
      await workspace.setConfig(name, "vcc:clientId", { value: credentials.clientId });
    }
    await workspace.setConfig("broken", "token", { value: token, secret: true });
    await workspace.selectStack("dev");
    const locks = join(directory, "state/.pulumi/locks/organization/project/locked");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "1.json"), "{}");

    const environment = { SERVICE_PASSWORD: password };
    const file = join(directory, "drift.json");
    const all = await drift(
      scene,
      ["--all", "-f", "markdown", "-f", "json", "-o", file],
      environment,
    );
    expect(all.code).toBe(1);
    const report = parseReport(readFileSync(file, "utf8"));
    const rows = report.stacks.map(({ stack, outcome, registrations }) => [
      stack,
      outcome,
      ...registrations.map((one) => one.class),
    ]);
    expect(rows.sort()).toEqual([
      ["broken", "could not look", "unregistered"],
      ["dev", "drift", "contested"],
      ["locked", "could not look"],
      ["other", "drift", "contested"],
    ]);
    for (const form of [token, password].flatMap(formsOf)) {
      expect(all.stdout + all.stderr + readFileSync(file, "utf8")).not.toContain(form);
    }
    expect(all.stderr).toContain("broken by [secret]…");
    expect(report.warnings.join()).toContain('"Shared" in emea is declared by');

    const repaired = await drift(
      scene,
      [...["--stack", "dev", "--repair", "--yes"], ...["--since", file, "-f", "json", "-o", file]],
      environmentOf(emulator, credentials),
    );
    expect(repaired.stderr).toContain("To repair:\n  pulumi up --stack dev\n");
    expect(repaired.code).toBe(0);
    expect(emulator.registrations()).toHaveLength(1);
    expect(parseReport(readFileSync(file, "utf8")).changes).toContainEqual(
      expect.objectContaining({ stack: "project/dev", before: "contested", after: "in sync" }),
    );

    const inventory = await runWithoutCredentials(scene, process.execPath, [
      join(directory, "node_modules/pulumi-vcc/dist/cli/main.js"),
      ...["inventory", "--all-projects", directory, "--format", "json"],
    ]);
    expect(inventory.code).toBe(0);
    expect(JSON.parse(inventory.stdout).registrations).toMatchObject([
      { provider: "Shared", region: "emea", stack: "project/dev", account: "default" },
    ]);
  }, 300_000);

  it("ends what it started on SIGTERM, and still writes its report", async () => {
    const { project } = scene;
    const { directory, stack } = project;
    project.write(program);
    const [file, blocked] = [join(directory, "drift.md"), join(directory, "blocked")];
    const look = spawn(
      process.execPath,
      [
        join(directory, "node_modules/pulumi-vcc/dist/cli/main.js"),
        "drift",
        "-f",
        "markdown",
        "-o",
        file,
      ],
      {
        cwd: directory,
        env: {
          ...process.env,
          ...stack.workspace.envVars,
          ...environmentOf(scene.emulator),
          BLOCK: blocked,
        },
        stdio: "ignore",
      },
    );
    const ended = once(look, "exit");
    while (!existsSync(blocked) || readFileSync(blocked, "utf8") === "") {
      expect(look.exitCode).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    look.kill("SIGTERM");
    expect(await ended).toEqual([1, null]);
    expect(readFileSync(file, "utf8")).toContain("could not look: stopped by SIGTERM");
    // It stays a zombie until the system has reaped it.
    while (isRunning(Number(readFileSync(blocked, "utf8")))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
