import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { behaviourWith } from "../dist/emulator/behaviour-schema.js";
import { createExchange } from "../dist/emulator/http/exchange.js";
import { createFaults } from "../dist/emulator/http/faults.js";
import { send, wait } from "../dist/emulator/http/respond.js";
import { error, json, type Reply } from "../dist/emulator/reply.js";
import { endpointOf } from "../dist/emulator/vcc/endpoints.js";
import type { ProviderSettings } from "../dist/emulator/vcc/provider-settings.js";
import { createVcc } from "../dist/emulator/vcc/vcc.js";

/** Numbers of requests since the last reset, successful or not. */
interface RequestCounts {
  token: number;
  register: number;
  /** Requests for the read route, which VCC does not have. */
  read: number;
}

export interface Server {
  url: string;
  apiUrl: string;
  authUrl: string;
  clientId: string;
  registrations(): ProviderSettings[];
  counts(): RequestCounts;
  /** Resets the counts, but keeps registrations and tokens. */
  resetCounts(): void;
  /** Resets counts, registrations and tokens. */
  reset(): void;
  close(): Promise<void>;
}

const readPrefix = "/bench/registrations/";
const noRequests: RequestCounts = { token: 0, register: 0, read: 0 };

/**
 * Starts the emulator with a route that VCC does not have: `GET /bench/registrations/<provider>`, for a
 * candidate that requires reads. Its responses contain no header values.
 *
 * @param latencyMs the delay before each response
 */
export async function startServer(
  clientSecret: string,
  latencyMs: number,
  clientId = "bench",
): Promise<Server> {
  let counts = noRequests;
  const count = (kind: keyof RequestCounts) => {
    counts = { ...counts, [kind]: counts[kind] + 1 };
  };
  const behaviour = behaviourWith({ latencyMs });
  const ignoreChange = () => {};
  const vcc = createVcc({
    clientId,
    clientSecret,
    behaviour,
    stateFile: undefined,
    redirect: (url) => url,
    now: Date.now,
    onChange: ignoreChange,
  });
  const exchange = createExchange({
    vcc,
    behaviour,
    faults: createFaults(ignoreChange),
    now: Date.now,
    onRequest: ({ path }) => count(endpointOf(path) === "token" ? "token" : "register"),
  });

  function read(request: IncomingMessage, path: string): Reply {
    if (!vcc.authorizes(request)) return error(401, "Unauthorized");
    const registration = vcc.registration(decodeURIComponent(path.slice(readPrefix.length)));
    if (registration === undefined) return error(404, "Not Found");
    const { headers, ...readable } = registration;
    return json(200, readable);
  }

  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    if (request.method !== "GET" || !path.startsWith(readPrefix)) {
      return exchange(request, response);
    }
    count("read");
    const reply = read(request, path);
    if (latencyMs > 0) await wait(latencyMs, response);
    send(response, reply, undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const resetCounts = () => {
    counts = noRequests;
  };
  return {
    url,
    apiUrl: `${url}/interactions`,
    authUrl: `${url}/Auth/connect/token`,
    clientId,
    registrations: vcc.registrations,
    counts: () => counts,
    resetCounts,
    reset() {
      vcc.reset();
      resetCounts();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
