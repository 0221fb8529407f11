/**
 * `npm run session`: records the README's commands in a terminal, with the packed package, the real
 * Pulumi CLI and a local VCC, and writes `docs/session.svg`. It removes everything else.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmulator } from "pulumi-vcc/emulator";
import { startPackageRegistry } from "../../tools/package-registry.mts";
import { ensurePulumiCli, environmentWith } from "../../tools/pulumi-cli.mts";
import { framesOf } from "./frames.mts";
import { emulatorPort, steps } from "./steps.mts";
import { toSvg } from "./svg.mts";
import { recordTerminal } from "./terminal.mts";

const size = { columns: 98, rows: 28 };

const cli = await ensurePulumiCli();
const home = mkdtempSync(join(tmpdir(), "session-"));
const registry = await startPackageRegistry();
const emulator = await startEmulator({
  port: emulatorPort,
  clientId: "emulator",
  clientSecret: "emulator-secret",
});
try {
  const directory = join(home, "crm");
  mkdirSync(directory);
  // Nothing else of this machine's environment, which the recording could show.
  const outputs = await recordTerminal(steps, size, directory, {
    ...registry.environment,
    npm_config_progress: "false",
    PATH: environmentWith(cli).PATH,
    HOME: home,
    LANG: "C.UTF-8",
    PULUMI_BACKEND_URL: `file://${home}`,
    PULUMI_CONFIG_PASSPHRASE: "passphrase",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_OPTION_SUPPRESS_PERMALINK: "true",
  });
  const svg = toSvg(await framesOf(outputs, size), size);
  writeFileSync(join(dirname(import.meta.dirname), "session.svg"), svg);
  console.log(`docs/session.svg: ${svg.length} bytes`);
} finally {
  await emulator.close();
  await registry.close();
  rmSync(home, { recursive: true, force: true });
}
