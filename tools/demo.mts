/**
 * `npm run demo`: a provider is registered, left alone and changed, by the real Pulumi CLI with the
 * quickstart of this clone, at a local VCC. Everything it makes is gone when it ends.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmulator } from "pulumi-vcc/emulator";
import { environmentWith, findOrMakePulumiCli } from "./pulumi-cli.mts";

const root = dirname(import.meta.dirname);
const stack = "pulumi-vcc-demo";
const settingsOfStack = join(root, `Pulumi.${stack}.yaml`);

const cli = await findOrMakePulumiCli().catch((error: Error) => {
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

// Pulumi gets Ctrl-C too; its end leads to the cleaning up below.
process.on("SIGINT", () => {});
try {
  say(`Pulumi ${cli.version}, and a local VCC on ${emulator.url}.`);
  await rm(settingsOfStack, { force: true });
  await pulumi("stack", "init", stack);
  await pulumi("config", "set", "--secret", "callbackToken", "first-secret");

  say("Register the provider of examples/quickstart.ts:");
  await pulumi("up", "--yes", "--skip-preview");
  say("What VCC now holds (header values masked):");
  console.log(JSON.stringify(emulator.registrations(), maskHeaders, 2));

  say("Once more, and nothing changes:");
  await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");

  say("Rotate the secret. Pulumi names the header that changes, and shows no value:");
  await pulumi("config", "set", "--secret", "callbackToken", "second-secret");
  await pulumi("up", "--yes", "--skip-preview", "--diff");

  say(`That was all local, and it is gone now. Where to go next:

  README.md                     registering at a real account
  examples/                     programs that each add one idea
  npm run emulator              the same local VCC, for programs of yours
  export PATH="${cli.directory}:$PATH"
                                the Pulumi CLI that ran here`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await emulator.close();
  await rm(settingsOfStack, { force: true });
  await rm(directory, { recursive: true, force: true });
}

/** A demo must reach neither an account nor a stack of whoever runs it. */
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
  if (code !== 0) throw new Error(`pulumi ${args[0]} ended with ${code}`);
}

function say(text: string) {
  console.log(`\n${text}`);
}

function maskHeaders(key: string, value: unknown): unknown {
  if (key !== "headers") return value;
  return Object.fromEntries(Object.keys(value as object).map((name) => [name, "••••••"]));
}
