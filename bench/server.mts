import { setTimeout as delay } from "node:timers/promises";
import { behaviorWith } from "../dist/emulator/behavior.js";
import { listen } from "../dist/emulator/listener.js";
import { error, json } from "../dist/emulator/responses.js";
import type { ProviderSettings } from "../dist/emulator/vcc/provider-settings.js";
import { createVcc, endpointOf } from "../dist/emulator/vcc/vcc.js";
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
  const vcc = createVcc({
    ...{ clientId, clientSecret, now: Date.now },
    behavior: behaviorWith({}),
    stateFile: undefined,
    redirect: (url) => url,
    onChange() {},
  });

  function read(request: Request, provider: string): Response {
    self.counts.read++;
    const found = vcc.registrations.find(provider);
    if (!vcc.tokens.accept(request.headers.get("authorization"))) return error(401);
    return found === undefined ? error(404) : json(200, { ...found, headers: undefined });
  }

  const { url, close } = await listen(async (request) => {
    const path = new URL(request.url).pathname;
    const reads = request.method === "GET" && path.startsWith(readPrefix);
    if (!reads) self.counts[endpointOf(path) === "token" ? "token" : "register"]++;
    const response = reads
      ? read(request, decodeURIComponent(path.slice(readPrefix.length)))
      : await vcc.handle(request);
    if (latencyMs > 0) await delay(latencyMs);
    return response;
  }, 0);
  const self: Server = {
    url,
    apiUrl: `${url}/interactions`,
    authUrl: `${url}/Auth/connect/token`,
    clientId,
    registrations: vcc.registrations.all,
    counts: { token: 0, register: 0, read: 0 },
    resetCounts() {
      self.counts = { token: 0, register: 0, read: 0 };
    },
    reset() {
      vcc.reset();
      self.resetCounts();
    },
    close,
  };
  return self;
}
