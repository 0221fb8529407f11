import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProviderHost, startProviderHost } from "../provider-host/provider-host";
import type { StartProcesses } from "./model-engine";
import { type AccountName, type AccountSettings, accountNames } from "./program";
import { clientSecret, type Vcc } from "./vcc";

const freshLifecycle = join(__dirname, "../provider-host/fresh-lifecycle.cjs");

/** A few processes that serve all operations. Each operation has a lifecycle of its own in them. */
export interface SharedProcesses {
  start: StartProcesses;
  close(): Promise<void>;
}

export async function startSharedProcesses(vcc: Vcc): Promise<SharedProcesses> {
  const parent = mkdtempSync(join(tmpdir(), "pulumi-vcc-model-"));
  const hosts = new Map<AccountName, ProviderHost>();
  for (const name of accountNames) hosts.set(name, await startProviderHost());
  let operations = 0;

  return {
    start(defaultAccount) {
      operations += 1;
      const directory = join(parent, String(operations));
      mkdirSync(directory);
      const environment = environmentOf(vcc, defaultAccount);
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
  return (defaultAccount) => {
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
          environment: { ...environmentOf(vcc, defaultAccount), PULUMI_HOME: home },
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

/** The settings of the default account. */
export function environmentOf(vcc: Vcc, account: AccountSettings): Record<string, string> {
  const { apiUrl, authUrl } = vcc.emulatorOf(account);
  return {
    VCC_REGION: account.region,
    VCC_CLIENT_ID: account.client,
    VCC_CLIENT_SECRET: clientSecret,
    VCC_API_URL: apiUrl,
    VCC_AUTH_URL: authUrl,
  };
}

/** The arguments of a `VccAccount`. */
export function accountArguments(vcc: Vcc, account: AccountSettings) {
  const { apiUrl, authUrl } = vcc.emulatorOf(account);
  return { region: account.region, clientId: account.client, clientSecret, apiUrl, authUrl };
}

/** What the engine makes of them. */
function configurationOf(vcc: Vcc, name: AccountName, account: AccountSettings) {
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
