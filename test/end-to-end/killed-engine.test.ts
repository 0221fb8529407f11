import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  descendantsOf,
  providerProcesses,
  readProcess,
  signal,
  startEngine,
  until,
} from "./engine";
import { leastPowerful, sceneWith } from "./project";

const retryAfterS = 4;

const program = (version: number) => `
import { bearer, VccProvider } from "pulumi-vcc";
new VccProvider("crm", {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: bearer("version-${version}") },
  agentActionsPermitted: {},
});`;

/** What the SDK installs: a shell stays between the engine and Node.js. */
const officialScript = `#!/bin/sh
SCRIPT=$(node -e "console.log(require.resolve('@pulumi/pulumi/cmd/dynamic-provider'))")
if [ ! -z "$SCRIPT" ]; then
    node "$SCRIPT" $@
fi
`;

// Its processes are found in /proc.
const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux.each(["direct", "in a shell"])("a provider process, started %s,", (start) => {
  const scene = sceneWith("clone");

  it("sends nothing after its engine was killed while VCC limits requests, and ends", async () => {
    const { project, emulator } = scene;
    const held = () => emulator.registrations().map(({ headers }) => headers?.Authorization);
    project.write(program(1));
    await project.stack.up();

    project.write(program(2));
    emulator.fail({
      target: "register",
      fault: { kind: "status", status: 429, headers: { "retry-after": String(retryAfterS) } },
    });
    const engine = startEngine(project, "up", environmentFor(start));
    await until(() => emulator.requests().some(({ status }) => status === 429));
    const limitedAtMs = Date.now();
    const orphans = providerProcesses(descendantsOf(engine.pid));
    expect(orphans.length).toBeGreaterThan(0);
    signal(engine.pid, "SIGKILL");
    await engine.ended;
    await project.stack.cancel();

    await project.stack.destroy();
    expect(emulator.registrations()).toEqual([leastPowerful("Crm")]);
    await until(() => Date.now() - limitedAtMs > (retryAfterS + 2) * 1000);
    expect(held()).toEqual([undefined]);
    expect(orphans.filter((pid) => readProcess(pid, "stat") !== "")).toEqual([]);
  });

  /** Puts the script before the plugin on the `PATH`. */
  function environmentFor(start: string): Record<string, string> {
    if (start === "direct") return {};
    const directory = join(scene.project.directory, "bin");
    mkdirSync(directory);
    const plugin = join(directory, "pulumi-resource-pulumi-nodejs");
    writeFileSync(plugin, officialScript);
    chmodSync(plugin, 0o755);
    return { PATH: [directory, process.env.PATH].join(delimiter) };
  }
});
