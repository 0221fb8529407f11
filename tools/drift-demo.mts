/**
 * `npm run demo:drift`: somebody overwrites a registration past Pulumi, the next notification shows it to
 * the receiver, and `pulumi-vcc drift` says so. Runs `examples/receiver/` with the real Pulumi CLI and a
 * local VCC, and removes everything it created.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type Emulator, startEmulator } from "pulumi-vcc/emulator";
import { bypassProxy, createLocalStack, type LocalStack } from "./local-stack.mts";
import { ensurePulumiCli } from "./pulumi-cli.mts";

const root = dirname(import.meta.dirname);
const example = join(root, "examples/receiver");
const callbackToken = "callback-token";
const witnessToken = "witness-token";

bypassProxy();
const cli = await ensurePulumiCli().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
let receiver: ChildProcess | undefined;
let emulator: Emulator | undefined;
let stack: LocalStack | undefined;

// Ctrl-C also reaches Pulumi. When Pulumi exits, the cleanup below runs.
process.on("SIGINT", () => {});
try {
  print("Start the receiver of examples/receiver/, and a local VCC that notifies it:");
  const { process: child, url } = await startReceiver();
  receiver = child;
  emulator = await startEmulator({ deliverTo: url });
  stack = await createLocalStack(cli, example, "pulumi-vcc-drift-demo", emulator);
  Object.assign(stack.environment, {
    VCC_WITNESS_TOKEN: witnessToken,
    PATH: [join(root, "node_modules/.bin"), stack.environment.PATH].join(delimiter),
  });
  const { pulumi, run } = stack;
  const drift = (exitCode: number) => run("pulumi-vcc", ["drift"], exitCode);
  await pulumi("config", "set", "--secret", "callbackToken", callbackToken);
  await pulumi("config", "set", "witness", `${url}/.well-known/vcc-registration`);

  print("Register it:");
  await pulumi("up", "--yes", "--skip-preview");
  print("VCC assigns an interaction to an agent, who releases it. The receiver prints:");
  await interact(emulator, "case-1");
  print("Each notification carried the registration, so it is verified:");
  await drift(0);

  print(
    "Somebody else registers the same name. The state does not know it, but the next notifications do:",
  );
  await overwrite(emulator);
  await interact(emulator, "case-2");
  await drift(2);

  print("Repair it, with the command from the report. The next notifications verify it:");
  await pulumi("up", "--refresh", "--yes", "--skip-preview");
  await interact(emulator, "case-3");
  await drift(0);

  print("Everything ran locally and has been removed. docs/receiver.md says how to use it.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  receiver?.kill();
  await emulator?.close();
  await stack?.remove();
}

/** Runs receiver.mts, and shows what it prints. */
async function startReceiver(): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(example, "receiver.mts")], {
    env: {
      ...process.env,
      CALLBACK_TOKEN: callbackToken,
      VCC_WITNESS_TOKEN: witnessToken,
      PORT: "0",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => console.log(`  receiver: ${line}`));
  const [line] = await once(lines, "line");
  return { process: child, url: String(line).replace("listening on ", "") };
}

/** An interaction that is assigned to an agent, and then released. */
async function interact({ apiUrl, authUrl, settled }: Emulator, externalid: string): Promise<void> {
  const requests = [
    { externalid, route: "Sales" },
    { externalid, action: "release" },
  ];
  await post(`${apiUrl}/Invoke`, authUrl, { provider: "CrmIntegration", requests });
  await settled();
}

/** As curl does it, with the same endpoint and secret, but without the header of the witness. */
async function overwrite({ apiUrl, authUrl }: Emulator): Promise<void> {
  await post(`${apiUrl}/Register`, authUrl, {
    provider: "CrmIntegration",
    endpoint: "https://crm.example.com/vcc",
    headers: { Authorization: `Bearer ${callbackToken}` },
    agentactionspermitted: { release: 1, transferToAgent: 1 },
  });
}

async function post(url: string, authUrl: string, body: object): Promise<void> {
  const form = {
    grant_type: "client_credentials",
    scope: "interactions:write",
    client_id: "emulator",
    client_secret: "emulator-secret",
  };
  const issued = await fetch(authUrl, { method: "POST", body: new URLSearchParams(form) });
  const { access_token: token } = (await issued.json()) as { access_token: string };
  const response = await fetch(url, {
    method: "POST",
    headers: {
      accept: "application/vnd.newvoicemedia.v1+json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

function print(text: string) {
  console.log(`\n${text}`);
}
