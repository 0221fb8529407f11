import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProviderHost, startProviderHost } from "../provider-host/provider-host";
import type { StartProcesses } from "./model-engine";
import {
  type AccountSettings,
  configurableNames,
  type ProcessName,
  type Program,
  processNames,
} from "./program";
import { clientSecret, type Vcc } from "./vcc";

const freshLifecycle = join(__dirname, "../provider-host/fresh-lifecycle.cjs");

/** A few processes that serve all operations. Each operation has a lifecycle of its own in them. */
export interface SharedProcesses {
  start: StartProcesses;
  close(): Promise<void>;
}

export async function startSharedProcesses(vcc: Vcc): Promise<SharedProcesses> {
  const parent = mkdtempSync(join(tmpdir(), "pulumi-vcc-model-"));
  const hosts = new Map<ProcessName, ProviderHost>();
  for (const name of processNames) hosts.set(name, await startProviderHost());
  let operations = 0;

  return {
    start(program) {
      operations += 1;
      const directory = join(parent, String(operations));
      mkdirSync(directory);
      const environment = environmentOf(vcc, program);
      const options = JSON.stringify({ directory, environment });
      return {
        async open(name, settings) {
          const host = hosts.get(name);
          if (host === undefined) throw new Error(`no process for ${name}`);
          host.code = `exports.handler=()=>require(${JSON.stringify(freshLifecycle)}).createFreshLifecycle(${options})`;
          await host.configure(configurationOf(vcc, name, settings));
          return host;
        },
        output: () => textOf(join(directory, "log.txt")),
        close: async () => rmSync(directory, { recursive: true }),
      };
    },
    async close() {
      for (const host of hosts.values()) await host.close();
      rmSync(parent, { recursive: true });
    },
  };
}

/** New processes for each operation, as the engine starts them, with the code of the state. */
export function startOwnProcesses(vcc: Vcc, home: string): StartProcesses {
  return (program) => {
    // The processes watch the engine, so something must listen at its address.
    const engine = createServer().listen(0, "127.0.0.1");
    const listening = once(engine, "listening");
    const hosts: ProviderHost[] = [];
    return {
      async open(name, settings) {
        await listening;
        const { port } = engine.address() as AddressInfo;
        const host = await startProviderHost({
          engineAddress: `127.0.0.1:${port}`,
          environment: { ...environmentOf(vcc, program), PULUMI_HOME: home },
        });
        hosts.push(host);
        await host.configure(configurationOf(vcc, name, settings));
        return host;
      },
      output: () => hosts.map((host) => host.stderr()).join(""),
      async close(crashed) {
        for (const host of hosts) await host.close(crashed ? "SIGKILL" : "SIGTERM");
        engine.close();
      },
    };
  };
}

/** The settings of the default account, and the named accounts. */
export function environmentOf(vcc: Vcc, { accounts }: Program): Record<string, string> {
  const { region, clientId, apiUrl, authUrl } = accountArguments(vcc, accounts.default);
  const named = configurableNames.flatMap((name) => {
    const account = accounts[name];
    return account === undefined ? [] : [[name, accountArguments(vcc, account)]];
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

/** The arguments of a `VccAccount`, and the settings of a named account. */
export function accountArguments(vcc: Vcc, account: AccountSettings) {
  const { apiUrl, authUrl } = vcc.emulatorOf(account);
  return { region: account.region, clientId: account.client, clientSecret, apiUrl, authUrl };
}

/** What the engine makes of them. */
function configurationOf(vcc: Vcc, name: ProcessName, account: AccountSettings) {
  if (name === "default") return {};
  const settings = Object.entries(accountArguments(vcc, account));
  return {
    "vcc:accountObject": name,
    ...Object.fromEntries(settings.map(([setting, value]) => [`vcc:${setting}`, value])),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
