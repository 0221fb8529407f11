import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { behaviorWith } from "../dist/emulator/behavior-schema.js";
import { createExchange } from "../dist/emulator/http/exchange.js";
import { createFaults } from "../dist/emulator/http/faults.js";
import { send, wait } from "../dist/emulator/http/respond.js";
import { error, json } from "../dist/emulator/reply.js";
import { endpointOf } from "../dist/emulator/vcc/endpoints.js";
import type { ProviderSettings } from "../dist/emulator/vcc/provider-settings.js";
import { createVcc } from "../dist/emulator/vcc/vcc.js";
import { clientSecret } from "./workload.mts";

/** A VCC with one account. */
export interface Server {
  url: string;
  apiUrl: string;
  authUrl: string;
  clientId: string;
  registrations(): ProviderSettings[];
  /** Requests since the last reset, successful or not. VCC has no route to read. */
  counts: { token: number; register: number; read: number };
  resetCounts(): void;
  /** Resets counts, registrations and tokens. */
  reset(): void;
  close(): Promise<void>;
}

const readPrefix = "/bench/registrations/";

/**
 * Starts the emulator with a route that VCC does not have: `GET /bench/registrations/<provider>`, for a
 * candidate that requires reads. Its responses contain no header values.
 *
 * @param latencyMs the delay before each response
 */
export async function startServer(clientId: string, latencyMs: number): Promise<Server> {
  const behavior = behaviorWith({ latencyMs });
  const onChange = () => {};
  const vcc = createVcc({
    ...{ clientId, clientSecret, behavior, onChange, now: Date.now },
    stateFile: undefined,
    redirect: (url) => url,
  });
  const exchange = createExchange({
    ...{ vcc, behavior, now: Date.now },
    faults: createFaults(onChange),
    onRequest: ({ path }) => {
      self.counts[endpointOf(path) === "token" ? "token" : "register"]++;
    },
  });
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    if (request.method !== "GET" || !path.startsWith(readPrefix))
      return exchange(request, response);
    self.counts.read++;
    const found = vcc.registration(decodeURIComponent(path.slice(readPrefix.length)));
    await wait(latencyMs, response);
    if (!vcc.authorizes(request)) send(response, error(401, "Unauthorized"), undefined);
    else if (found === undefined) send(response, error(404, "Not Found"), undefined);
    else send(response, json(200, { ...found, headers: undefined }), undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: Server = {
    url,
    apiUrl: `${url}/interactions`,
    authUrl: `${url}/Auth/connect/token`,
    clientId,
    registrations: vcc.registrations,
    counts: { token: 0, register: 0, read: 0 },
    resetCounts() {
      self.counts = { token: 0, register: 0, read: 0 };
    },
    reset() {
      vcc.reset();
      self.resetCounts();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return self;
}
