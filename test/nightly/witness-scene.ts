import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type Emulator, startEmulator } from "../../emulator";
import { createReceiver, type Receiver } from "../../receiver";
import { clientOf } from "../emulator/client";
import { createProject, environmentOf, type Project } from "../end-to-end/project";
import { canary } from "../end-to-end/secrets";

export const provider = "CrmIntegration";
const agentactionspermitted = { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 };

/** A project, a local VCC, and the receiver to which it sends notifications. */
export interface WitnessScene {
  project: Project;
  emulator: Emulator;
  credentials: { clientId: string; clientSecret: string };
  receiver: Receiver;
  secrets: { may: string; november: string; witness: string };
  /** The witness of the receiver, and servers in its place. */
  witnessUrl: string;
  listen(listener: RequestListener): Promise<string>;
  /** Writes the program. */
  declare(options?: { token?: "may" | "november"; witness?: string }): void;
  /** Somebody registers the name past Pulumi, with the same secret and endpoint. */
  overwrite(headers?: Record<string, string>): Promise<void>;
  /** VCC holds this again, as if it had not taken what it acknowledged since. */
  restore(registration: object): Promise<void>;
  /** VCC sends two notifications, and the receiver accepts them. */
  interact(): Promise<void>;
  /** Ten minutes pass, for the state and for the receiver. */
  wait(): Promise<void>;
  close(): Promise<void>;
}

const waitMs = 10 * 60_000;
const isoTime = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const earlier = (text: string) =>
  text.replace(isoTime, (time) => new Date(Date.parse(time) - waitMs).toISOString());

export async function createWitnessScene(): Promise<WitnessScene> {
  const credentials = { clientId: "id", clientSecret: canary("client") };
  const secrets = { may: canary("may"), november: canary("november"), witness: canary("witness") };
  const servers: Array<ReturnType<typeof createServer>> = [];
  async function listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  let evidence: string | undefined;
  const receiver = createReceiver({
    headers: {
      may: { Authorization: `Bearer ${secrets.may}` },
      november: { Authorization: `Bearer ${secrets.november}` },
    },
    onNotification: () => {},
    witnessToken: secrets.witness,
    provider,
    store: {
      // Each notification arrives once.
      claim: () => "new",
      complete() {},
      release() {},
      loadEvidence: () => evidence,
      saveEvidence(text) {
        evidence = text;
      },
    },
  });
  const url = await listen(receiver.node);
  const emulator = await startEmulator({ ...credentials, deliverTo: url });
  const project = await createProject("tarball");
  project.setEnvironment({
    ...environmentOf(emulator, credentials),
    VCC_WITNESS_TOKEN: secrets.witness,
  });
  const client = clientOf(emulator);
  const tokenOf = async () =>
    (
      await client.requestToken({
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
      })
    ).token;
  const register = async (body: object) => {
    const { status } = await client.register(body, await tokenOf());
    expect(status).toBe(200);
  };
  const endpoint = "https://crm.example.com/vcc";
  const witnessUrl = `${url}/.well-known/vcc-registration`;
  let interactions = 0;

  return {
    project,
    emulator,
    credentials,
    receiver,
    secrets,
    witnessUrl,
    listen,
    declare({ token = "may", witness = JSON.stringify(witnessUrl) } = {}) {
      project.write(`import { VccProvider } from "pulumi-vcc";

new VccProvider("crm", {
  provider: ${JSON.stringify(provider)},
  endpoint: ${JSON.stringify(endpoint)},
  headers: { Authorization: ${JSON.stringify(`Bearer ${secrets[token]}`)} },
  agentActionsPermitted: {},
  witness: ${witness},
});
`);
    },
    overwrite: (headers = {}) =>
      register({
        provider,
        endpoint,
        headers: { Authorization: `Bearer ${secrets.may}`, ...headers },
        agentactionspermitted,
      }),
    restore: register,
    async interact() {
      interactions += 1;
      const externalid = `case-${interactions}`;
      const requests = [
        { externalid, route: "Sales" },
        { externalid, action: "release" },
      ];
      const before = emulator.callbacks().length;
      await client.invoke({ provider, requests }, await tokenOf());
      await emulator.settled();
      const statuses = emulator
        .callbacks()
        .slice(before)
        .map(({ status }) => status);
      expect(statuses).toEqual([200, 200]);
    },
    async wait() {
      await receiver.evidence();
      evidence = evidence && earlier(evidence);
      const { stack } = project;
      const state = await stack.exportStack();
      for (const { outputs = {} } of state.deployment.resources) {
        if (outputs.registeredAt !== undefined)
          outputs.registeredAt = earlier(outputs.registeredAt);
      }
      await stack.importStack(state);
    },
    async close() {
      await emulator.close();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      project.remove();
    },
  };
}
