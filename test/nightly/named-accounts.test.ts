import { type Emulator, startEmulator } from "../../emulator";
import { freePort } from "../../tools/free-port.mts";
import { sceneWith } from "../end-to-end/project";
import { canary, formsOf } from "../end-to-end/secrets";

const program = `
import { accountNames, VccProvider } from "pulumi-vcc";
for (const account of accountNames()) {
  new VccProvider(account, {
    account,
    provider: "CrmIntegration",
    endpoint: "https://crm.example.com/vcc",
    headers: { Authorization: "Bearer " + account },
    agentActionsPermitted: { hold: true },
  });
}`;

const names = Array.from({ length: 20 }, (_, n) => `customer-${String(n).padStart(2, "0")}`);
const refused = names.slice(3, 6);
const limited = "customer-08";
const unreachable = "customer-11";

describe("pulumi, with twenty named accounts,", () => {
  const scene = sceneWith("tarball");
  const secrets = new Map(names.map((name) => [name, canary(name)]));
  const emulators = new Map<string, Emulator>();

  beforeEach(async () => {
    for (const [name, clientSecret] of secrets) {
      emulators.set(name, await startEmulator({ clientId: "1234", clientSecret }));
    }
  });
  afterEach(async () => {
    for (const emulator of emulators.values()) await emulator.close();
  });

  const registered = () =>
    names.filter((name) => emulators.get(name)?.registrations().length === 1);
  const registerRequests = (name: string) =>
    emulators
      .get(name)
      ?.requests()
      .filter(({ path }) => /Register$/.test(path)).length ?? 0;

  /** The value of `VCC_ACCOUNTS`; some accounts may differ. */
  function accounts(changes: Record<string, object> = {}): string {
    const entries = [...emulators].map(([name, { apiUrl, authUrl }]) => [
      name,
      {
        ...{ region: "emea", clientId: 1234, clientSecret: secrets.get(name), apiUrl, authUrl },
        ...changes[name],
      },
    ]);
    return JSON.stringify(Object.fromEntries(entries));
  }

  it("registers all others when some are refused, limited or unreachable, and then what is missing", async () => {
    const { project } = scene;
    const { stack } = project;
    const wrong = canary("wrong");
    project.write(program);
    project.setEnvironment({
      VCC_DEADLINE: "20s",
      VCC_ACCOUNTS: accounts({
        ...Object.fromEntries(refused.map((name) => [name, { clientSecret: wrong }])),
        [unreachable]: { apiUrl: `http://127.0.0.1:${await freePort()}/interactions` },
      }),
    });
    emulators.get(limited)?.fail({
      target: "register",
      fault: { kind: "status", status: 429, headers: { "retry-after": "8" } },
    });
    await expect(stack.up({ continueOnError: true })).rejects.toThrow();
    const missing = [...refused, unreachable];
    expect(registered()).toEqual(names.filter((name) => !missing.includes(name)));
    for (const name of refused) {
      expect(project.output()).toContain(`account "${name}": [POST] `);
    }
    expect(project.output()).toContain(`account "${unreachable}": [POST] `);

    const before = names.map(registerRequests);
    project.setEnvironment({ VCC_ACCOUNTS: accounts() });
    await stack.up();
    expect(registered()).toEqual(names);
    const sent = names.filter((name, index) => registerRequests(name) !== before[index]);
    expect(sent).toEqual(missing);
    await stack.up({ expectNoChanges: true });

    const seen = project.state() + project.output();
    for (const secret of [wrong, ...secrets.values()].flatMap(formsOf)) {
      expect(seen.includes(secret)).toBe(false);
    }
  });
});
