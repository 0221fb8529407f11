import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import type { Evidence } from "../../receiver";
import { createEvidenceKeeper } from "../../receiver/evidence-keeper";
import { startLossyGateway } from "../lossy-gateway";
import { createProject, environmentOf, type Project } from "./project";
import { canary } from "./secrets";

/** A stack whose registrations are each in another situation that `drift` tells apart. */
export interface Situations {
  project: Project;
  emulator: Emulator;
  credentials: { clientId: string; clientSecret: string };
  secrets: { token: string; password: string; witness: string };
  /** The program that declares the situations. */
  program: string;
  /** What a preview needs, without VCC credentials. */
  environment: NodeJS.ProcessEnv;
  /** The time to which the state refers. */
  startedMs: number;
  /** Leaves what a killed engine leaves, and lets months pass for windows. */
  interrupt(): void;
}

const hourMs = 3_600_000;

export const witnessed = [
  "verified",
  "silent",
  "drifted",
  "contested",
  "rotating",
  "retired",
  "refusing",
] as const;
type Witnessed = (typeof witnessed)[number];
/** Those that need no witness; the last refresh has recorded what one of them said. */
export const unwitnessed = [
  ...["same", "rotated", "edited", "daily", "lapsed", "ignoring", "renamed", "lost"],
  ...["updating", "creating", "named", "removed", "vanished", "added", "unnamed", "verified"],
];
/** The calendar window of the registrations that `interrupt` makes old. */
export const formerWindow = "2026-01-01";

/** The program of the first `up`, of the second, and of the preview. */
function program(version: 1 | 2 | 3, witnessUrl: string): string {
  const isApplied = version < 3;
  const withWitness = (name: Witnessed) => {
    const endpoint = name === "rotating" && version > 1 ? 'endpoint + "/2"' : "endpoint";
    return `new VccProvider("${name}", { provider: "Crm ${name}", endpoint: ${endpoint}, headers, agentActionsPermitted, witness: "${witnessUrl}/${name}" });`;
  };
  return `import * as pulumi from "@pulumi/pulumi";
import { bearer, VccProvider } from "pulumi-vcc";

const token = new pulumi.Config().requireSecret("callbackToken");
const endpoint = "https://crm.example.com/vcc";
const agentActionsPermitted = {};
const headers = { Authorization: "Bearer ${isApplied ? "old" : "new"}" };
new VccProvider("same", { provider: "Crm same", endpoint, agentActionsPermitted });
new VccProvider("rotated", { provider: "Crm rotated", endpoint, headers: { Authorization: bearer(token), "X-Tenant": "acme" }, agentActionsPermitted });
new VccProvider("edited", { provider: "Crm edited", endpoint, agentActionsPermitted: { hold: ${isApplied} } });
new VccProvider("daily", { provider: "Crm daily", endpoint, agentActionsPermitted, reassertEvery: "1d" });
new VccProvider("lapsed", { provider: "Crm lapsed", endpoint, agentActionsPermitted${isApplied ? ', reassertEvery: "1d"' : ""} });
new VccProvider("ignoring", { provider: "Crm ignoring", endpoint, headers, agentActionsPermitted }, { ignoreChanges: ["headers"] });
new VccProvider("renamed", { provider: "${version === 1 ? "Former" : "Crm renamed"}", endpoint, agentActionsPermitted });
new VccProvider("lost", { provider: "Lost", endpoint: endpoint + "${version > 1 ? "/2" : ""}", agentActionsPermitted });
new VccProvider("updating", { provider: "Crm updating", endpoint, agentActionsPermitted });
new VccProvider("creating", { provider: "Crm creating", endpoint, agentActionsPermitted });
new VccProvider("named", { provider: "Crm named", endpoint, agentActionsPermitted, account: "acme" });
${
  isApplied
    ? `new VccProvider("removed", { provider: "Crm removed", endpoint, agentActionsPermitted });
new VccProvider("vanished", { provider: "Crm vanished", endpoint, agentActionsPermitted });`
    : `const added = VccProvider.fromSettings("added", { provider: "Crm added", agentactionspermitted: { release: 1 } });
new VccProvider("unnamed", { provider: added.registeredAt, endpoint, agentActionsPermitted });`
}
{
  const headers = { Authorization: "Bearer callback" };
  ${witnessed.map(withWitness).join("\n  ")}
}
`;
}

/**
 * Starts the engine twice.
 *
 * @param cleanups gets what to call at the end, also if this fails
 */
export async function createSituations(cleanups: Array<() => unknown>): Promise<Situations> {
  const credentials = { clientId: "id", clientSecret: canary("client") };
  const secrets = {
    token: canary("token"),
    password: canary("password"),
    witness: canary("witness"),
  };
  const emulator = await startEmulator(credentials);
  cleanups.push(emulator.close);
  // Whether the engine still tries to reset "Former" after the failure depends on what is faster.
  const gateway = await startLossyGateway(emulator, (name) => /^(Lost|Former)$/.test(name));
  cleanups.push(gateway.close);
  gateway.lossy = false;
  let startedMs = 0;
  let notifications: Partial<Record<string, Notifications>> = {};
  const witness = createServer(async ({ url = "" }, response) => {
    const received = notifications[url.slice(1)];
    if (received === undefined) response.writeHead(401).end();
    else response.end(JSON.stringify(await evidenceOf(received, startedMs)));
  }).listen(0, "127.0.0.1");
  cleanups.push(() => witness.close());
  await once(witness, "listening");
  const witnessUrl = `http://127.0.0.1:${(witness.address() as AddressInfo).port}`;

  const project = await createProject("tarball");
  cleanups.push(project.remove);
  const { stack, directory } = project;
  const environment = { ...environmentOf(emulator), VCC_API_URL: gateway.apiUrl };
  project.setEnvironment({
    ...environment,
    VCC_CLIENT_ID: credentials.clientId,
    VCC_CLIENT_SECRET: credentials.clientSecret,
    VCC_WITNESS_TOKEN: secrets.witness,
  });
  const setToken = (value: string) => stack.setConfig("callbackToken", { value, secret: true });
  await stack.setAllConfig(
    {
      "vcc:accounts.acme.clientId": { value: credentials.clientId },
      "vcc:accounts.acme.clientSecret": { value: credentials.clientSecret, secret: true },
    },
    true,
  );
  await setToken(canary("former"));
  project.write(program(1, witnessUrl));
  await stack.up();

  startedMs = Date.now();
  const { outputsOf } = await exported(project);
  notifications = { verified: [[0, outputsOf("verified").registrationFingerprint]] };
  gateway.lossy = true;
  project.write(program(2, witnessUrl));
  const failing = stack.up({ refresh: true, continueOnError: true });
  await expect(failing).rejects.toThrow("(lost)");
  gateway.lossy = false;

  const { state, outputsOf: afterwards } = await exported(project);
  for (const { outputs = {} } of state.deployment.resources) {
    for (const name of ["registeredAt", "verifiedAt"]) {
      if (outputs[name] !== undefined) {
        outputs[name] = new Date(startedMs - 48 * hourMs).toISOString();
      }
    }
  }
  await stack.importStack(state);
  await setToken(secrets.token);
  project.write(program(3, witnessUrl));
  const own = (name: Witnessed): string => afterwards(name).registrationFingerprint;
  const { formerFingerprint: former } = afterwards("rotating");
  notifications = {
    verified: [[-24, own("verified")]],
    silent: [],
    drifted: [
      [-40, own("drifted")],
      [-24, null],
      [-1, null],
    ],
    contested: [
      [-72, own("contested")],
      [-60, null],
      [-40, own("contested")],
      [-1, null],
    ],
    rotating: [[-24, former, "former"]],
    retired: [
      [-60, own("retired"), "former"],
      [-24, own("retired")],
    ],
  };

  return {
    project,
    program: program(3, witnessUrl),
    emulator,
    credentials,
    secrets,
    startedMs,
    environment: {
      ...withoutCredentials(process.env),
      ...withoutCredentials(stack.workspace.envVars),
      SERVICE_PASSWORD: secrets.password,
    },
    interrupt() {
      // `pulumi stack import` would clean it up.
      const file = join(directory, "state/.pulumi/stacks/project/dev.json");
      const state = JSON.parse(readFileSync(file, "utf8"));
      const { latest } = state.checkpoint;
      const take = (name: string) => {
        const index = latest.resources.findIndex(isNamed(name));
        return latest.resources.splice(index, 1)[0];
      };
      latest.pending_operations = [
        { resource: latest.resources.find(isNamed("updating")), type: "updating" },
        { resource: take("creating"), type: "creating" },
        { resource: take("vanished"), type: "creating" },
      ];
      const text = JSON.stringify(state);
      writeFileSync(
        file,
        text.replaceAll(/("reassertWindow":")\d{4}-\d\d-\d\d/g, `$1${formerWindow}`),
      );
    },
  };
}

function withoutCredentials(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { VCC_CLIENT_ID, VCC_CLIENT_SECRET, GITHUB_ACTIONS, ...others } = environment;
  return others;
}

const isNamed =
  (name: string) =>
  ({ urn }: { urn: string }) =>
    urn.endsWith(`::${name}`);

async function exported({ stack }: Project) {
  const state = await stack.exportStack();
  const outputsOf = (name: string) => state.deployment.resources.find(isNamed(name)).outputs;
  return { state, outputsOf };
}

/** When VCC sent one, which registration it carried, and with which headers. */
type Notifications = Array<[hours: number, registration: string | null, headerSet?: string]>;

/** What a receiver that got these notifications responds now. */
async function evidenceOf(notifications: Notifications, startedMs: number): Promise<Evidence> {
  let at = startedMs - 72 * hourMs;
  const { observe, report } = createEvidenceKeeper({
    store: { claim: () => "new", complete() {}, release() {} },
    headerSets: ["current", "former"],
    now: () => at,
    onError(cause) {
      throw cause;
    },
  });
  for (const [hours, registration, headerSet = "current"] of notifications) {
    at = startedMs + hours * hourMs;
    await observe(registration, headerSet);
  }
  at = Date.now();
  return report();
}
