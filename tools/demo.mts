/**
 * `npm run demo`: registers a provider, runs again without changes, and rotates a secret, with the real
 * Pulumi CLI, the quickstart of this clone and a local VCC. It removes everything it created.
 */
import { dirname } from "node:path";
import { startEmulator } from "pulumi-vcc/emulator";
import { bypassProxy, createLocalStack, type LocalStack } from "./local-stack.mts";
import { ensurePulumiCli } from "./pulumi-cli.mts";

const root = dirname(import.meta.dirname);

bypassProxy();
const cli = await ensurePulumiCli().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const emulator = await startEmulator();
let stack: LocalStack | undefined;

// Ctrl-C also reaches Pulumi. When Pulumi exits, the cleanup below runs.
process.on("SIGINT", () => {});
try {
  print(`Using Pulumi ${cli.version} and a local VCC at ${emulator.url}.`);
  stack = await createLocalStack(cli, root, "pulumi-vcc-demo", emulator);
  const { pulumi } = stack;
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
  npm run demo:drift            drift detects a registration that someone else overwrote
  npm run emulator              the same local VCC, for your own programs
  export PATH="${cli.directory}:$PATH"
                                the Pulumi CLI used here`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await emulator.close();
  await stack?.remove();
}

function print(text: string) {
  console.log(`\n${text}`);
}

function maskHeaders(key: string, value: unknown): unknown {
  if (key !== "headers") return value;
  return Object.fromEntries(Object.keys(value as object).map((name) => [name, "••••••"]));
}
