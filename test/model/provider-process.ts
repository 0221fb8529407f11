import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProviderHost } from "../provider-host/provider-host";
import type { StartProcess } from "./model-engine";
import { type AccountSettings, configurableNames, type Program } from "./program";
import { clientSecret, type Vcc } from "./vcc";

const freshLifecycle = join(__dirname, "../provider-host/fresh-lifecycle.cjs");

/** One process that serves all operations. Each operation has a lifecycle of its own in it. */
export interface SharedProcess {
  start: StartProcess;
  close(): Promise<void>;
}

export async function startSharedProcess(vcc: Vcc): Promise<SharedProcess> {
  const parent = mkdtempSync(join(tmpdir(), "pulumi-vcc-model-"));
  const host = await startProviderHost();
  let operations = 0;

  return {
    start(program) {
      operations += 1;
      const log = join(parent, `${operations}.txt`);
      const options = JSON.stringify({ log, environment: environmentOf(vcc, program) });
      host.code = `exports.handler=()=>require(${JSON.stringify(freshLifecycle)}).createFreshLifecycle(${options})`;
      return {
        host: host.configure({}).then(() => host),
        output: () => (existsSync(log) ? readFileSync(log, "utf8") : ""),
        close: async () => rmSync(log, { force: true }),
      };
    },
    async close() {
      await host.close();
      rmSync(parent, { recursive: true });
    },
  };
}

/** A new process for each operation, as the engine starts it, with the code of the state. */
export function startOwnProcess(vcc: Vcc): StartProcess {
  return (program) => {
    // The process watches the engine, so something must listen at its address.
    const engine = createServer().listen(0, "127.0.0.1");
    const host = start();
    let output = () => "";
    return {
      host,
      output: () => output(),
      async close(crashed) {
        await (await host).close(crashed ? "SIGKILL" : "SIGTERM");
        engine.close();
      },
    };

    async function start() {
      await once(engine, "listening");
      const { port } = engine.address() as AddressInfo;
      const started = await startProviderHost({
        engineAddress: `127.0.0.1:${port}`,
        environment: environmentOf(vcc, program),
      });
      output = () => started.stderr();
      await started.configure({});
      return started;
    }
  };
}

/** The settings of the default account, and the named accounts. */
export function environmentOf(vcc: Vcc, { accounts }: Program): Record<string, string> {
  const { region, clientId, apiUrl, authUrl } = settingsOf(vcc, accounts.default);
  const named = configurableNames.flatMap((name) => {
    const account = accounts[name];
    return account === undefined ? [] : [[name, settingsOf(vcc, account)]];
  });
  return {
    VCC_REGION: region,
    VCC_CLIENT_ID: clientId,
    VCC_CLIENT_SECRET: clientSecret,
    VCC_API_URL: apiUrl,
    VCC_AUTH_URL: authUrl,
    VCC_ACCOUNTS: JSON.stringify(Object.fromEntries(named)),
  };
}

function settingsOf(vcc: Vcc, account: AccountSettings) {
  const { apiUrl, authUrl } = vcc.emulatorOf(account);
  return { region: account.region, clientId: account.client, clientSecret, apiUrl, authUrl };
}
