import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { providerCode } from "../../provider/resource/provider-code";
import { createProject, environmentOf, leastPowerful, type Project } from "./project";

const { version } = require("../../package.json");
const states = join(__dirname, "states");
const client = { clientId: "id", clientSecret: "client-secret" };
/** The passphrase encrypts the secrets of the committed states, which are these ones only. */
const environment = { PULUMI_CONFIG_PASSPHRASE: "upgrade" };

const program = (token: string) => `
  import { bearer, VccProvider } from "pulumi-vcc";
  const args = {
    endpoint: "https://crm.example.com/vcc",
    headers: { Authorization: bearer("${token}"), "X-Tenant": "acme" },
    agentActionsPermitted: { hold: true },
  };
  new VccProvider("crm", { provider: "Crm", ...args });
  new VccProvider("named", { account: "acme", provider: "Named", ...args });
  new VccProvider("americas", { account: "americas", provider: "Americas", ...args });
`;
const tokensOf = (emulator: Emulator) =>
  emulator.registrations().map(({ headers }) => headers?.Authorization);

describe("pulumi, with the state of an earlier version,", () => {
  let project: Project;
  let emulator: Emulator;

  beforeEach(async () => {
    emulator = await startEmulator(client);
    project = await createProject("tarball", { environment });
  });
  afterEach(async () => {
    await emulator.close();
    project.remove();
  });

  // WRITE_STATE=1 npm test -- test/end-to-end/upgrade.test.ts
  if (process.env.WRITE_STATE) {
    it("writes the state of this version", async () => {
      useAccounts(client);
      project.write(program("first"));
      await project.stack.up();
      // Without the paths of this machine.
      const state = JSON.stringify(
        JSON.parse(pulumi("stack", "export")),
        (key, value) => (/^(sourcePosition|stackTrace)$/.test(key) ? undefined : value),
        2,
      );
      writeFileSync(join(states, `${version}.json`), `${state}\n`);
    });
  }

  it.each(readdirSync(states))("%s: sees no change, registers again, and resets", async (file) => {
    const { stack } = project;
    // As drift jobs run: without credentials.
    useAccounts();
    pulumi("stack", "import", "--file", join(states, file));
    project.write(program("first"));
    await stack.preview({ expectNoChanges: true });
    expect(emulator.requests()).toEqual([]);
    await stack.refresh({ expectNoChanges: true });

    useAccounts(client);
    project.write(program("second"));
    await stack.up();
    expect(tokensOf(emulator)).toEqual(Array(3).fill("Bearer second"));
    await stack.up({ expectNoChanges: true });
    const names = emulator.registrations().map(({ provider }) => provider);
    expect(names.toSorted()).toEqual(["Americas", "Crm", "Named"]);
    await stack.destroy();
    expect(emulator.registrations()).toEqual(names.map(leastPowerful));
  });

  function useAccounts(credentials?: typeof client) {
    const VCC_ACCOUNTS = JSON.stringify({
      acme: credentials ?? {},
      americas: { region: "nam", ...credentials },
    });
    project.setEnvironment({ ...environmentOf(emulator, credentials), VCC_ACCOUNTS });
  }

  function pulumi(...args: string[]): string {
    return execFileSync("pulumi", args, {
      cwd: project.directory,
      encoding: "utf8",
      env: { ...process.env, ...project.stack.workspace.envVars, PULUMI_STACK: "dev" },
    });
  }
});

describe("the state of an earlier version", () => {
  it.each(readdirSync(states))("%s contains the code that this version stores", (file) => {
    const { deployment } = JSON.parse(readFileSync(join(states, file), "utf8"));
    const stored = deployment.resources.flatMap(
      ({ inputs, outputs }: Record<string, Record<string, unknown> | undefined>) =>
        inputs?.__provider ? [inputs.__provider, outputs?.__provider] : [],
    );
    expect(stored).toEqual(Array(6).fill(providerCode));
  });
});
