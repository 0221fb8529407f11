/**
 * `npm run demo`: registers a provider, runs again without changes, and rotates a secret, with the real
 * Pulumi CLI, the quickstart of this clone and a local VCC. It removes everything it created.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmulator } from "pulumi-vcc/emulator";
import { ensurePulumiCli, environmentWith } from "./pulumi-cli.mts";

const root = dirname(import.meta.dirname);
const stack = "pulumi-vcc-demo";
const stackConfigFile = join(root, `Pulumi.${stack}.yaml`);

const cli = await ensurePulumiCli().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const emulator = await startEmulator();
const directory = await mkdtemp(join(tmpdir(), "pulumi-vcc-demo-"));
const environment = {
  ...environmentWithout("VCC_", "PULUMI_"),
  PULUMI_BACKEND_URL: `file://${directory}`,
  PULUMI_HOME: join(directory, "home"),
  PULUMI_CONFIG_PASSPHRASE: "demo",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  VCC_REGION: "emea",
  VCC_CLIENT_ID: "emulator",
  VCC_CLIENT_SECRET: "emulator-secret",
  VCC_API_URL: emulator.apiUrl,
  VCC_AUTH_URL: emulator.authUrl,
};

// Ctrl-C also reaches Pulumi. When Pulumi exits, the cleanup below runs.
process.on("SIGINT", () => {});
try {
  print(`Using Pulumi ${cli.version} and a local VCC at ${emulator.url}.`);
  await rm(stackConfigFile, { force: true });
  await pulumi("stack", "init", stack);
  await pulumi("config", "set", "--secret", "callbackToken", "first-secret");

  print("Register the provider from examples/quickstart.ts:");
  await pulumi("up", "--yes", "--skip-preview");
  print("What VCC now holds (header values masked):");
  console.log(JSON.stringify(emulator.registrations(), maskHeaders, 2));

  print("Run it again; nothing changes:");
  await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");

  print("Rotate the secret. Pulumi names the header that changes, but shows no value:");
  await pulumi("config", "set", "--secret", "callbackToken", "second-secret");
  await pulumi("up", "--yes", "--skip-preview", "--diff");

  print(`Everything ran locally and has been removed. Next steps:

  README.md                     how to register with a real account
  examples/                     programs that each show one feature
  npm run emulator              the same local VCC, for your own programs
  export PATH="${cli.directory}:$PATH"
                                the Pulumi CLI used here`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await emulator.close();
  await rm(stackConfigFile, { force: true });
  await rm(directory, { recursive: true, force: true });
}

/** The demo must not use the caller's accounts or stacks. */
function environmentWithout(...prefixes: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environmentWith(cli)).filter(
      ([name]) => !prefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );
}

async function pulumi(...args: string[]) {
  console.log(`\n$ pulumi ${args.join(" ")}`);
  const command = spawn("pulumi", [...args, "--non-interactive"], {
    cwd: root,
    env: environment,
    stdio: "inherit",
  });
  const [code] = await once(command, "close");
  if (code !== 0) throw new Error(`pulumi ${args[0]} exited with code ${code}`);
}

function print(text: string) {
  console.log(`\n${text}`);
}

function maskHeaders(key: string, value: unknown): unknown {
  if (key !== "headers") return value;
  return Object.fromEntries(Object.keys(value as object).map((name) => [name, "••••••"]));
}
