import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdmin } from "./admin";
import { type Behaviour, behaviourWith } from "./behaviour";
import type { RecordedCallback } from "./callbacks";
import { createChanges } from "./changes";
import { createExchange, type RecordedRequest } from "./exchange";
import { createFaults, type FaultRule } from "./faults";
import type { ProviderSettings } from "./provider-settings";
import { createRecords } from "./records";
import { createVcc } from "./vcc";

export interface EmulatorOptions {
  /** On 127.0.0.1. @default 0, any free port */
  port?: number;
  /** @default "emulator" */
  clientId?: string;
  /** @default "emulator-secret" */
  clientSecret?: string;
  /** Called with each request when it is answered, or has ended without an answer. */
  onRequest?: (request: RecordedRequest) => void;
  /** What differs from the defaults of each switch. */
  behaviour?: Partial<Behaviour>;
  /**
   * Keeps registrations across restarts, secrets included: a file for its owner only, replaced whole.
   * @default none, in memory only
   */
  stateFile?: string;
  /**
   * Serves a page at `/`, and JSON under `/_emulator/` to see and change what the functions of
   * `Emulator` do: `registrations`, `requests`, `callbacks` (GET), `faults` (GET, POST of a FaultRule,
   * DELETE), `behaviour` (GET, PATCH), `reset` (POST), and `events` (GET), server-sent, one whenever
   * something changed. The values of headers and what URLs carry beside host and path are masked. Not
   * part of VCC, without credentials, and for this machine only.
   * @default false
   */
  admin?: boolean;
  /** The time, in milliseconds since the epoch: for tokens, limits and records. @default Date.now */
  now?: () => number;
}

export interface Emulator {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** For `vcc:apiUrl` or `VCC_API_URL`. */
  apiUrl: string;
  /** For `vcc:authUrl` or `VCC_AUTH_URL`. */
  authUrl: string;
  /** Everything that is registered, each exactly as its last body had it, in the order of first registration. */
  registrations(): ProviderSettings[];
  /** The last 1000 requests since the start or the last reset, in the order of their answers. */
  requests(): RecordedRequest[];
  /** The last 1000 notifications that were sent to endpoints, in the order of their answers. */
  callbacks(): RecordedCallback[];
  /** The switches in force. To change one while the emulator runs, assign to it. */
  readonly behaviour: Behaviour;
  /**
   * Lets the next requests that match go wrong, after the rules that are there already.
   * @throws TypeError for a rule that is none
   */
  fail(rule: FaultRule): void;
  /** The rules that are still to come, with the times that are left of each. */
  faults(): FaultRule[];
  clearFaults(): void;
  /** From now on, no token that was issued is accepted. */
  revokeTokens(): void;
  /** Resolves when all callbacks that are under way have ended. */
  settled(): Promise<void>;
  /**
   * Forgets registrations (those of the state file too), interactions, requests, callbacks, faults and
   * tokens; the behaviour is as it was at the start.
   */
  reset(): void;
  /** Ends all connections and callbacks, finished or not. */
  close(): Promise<void>;
}

/**
 * A local VCC for demos and tests: the token endpoint, `POST /interactions/Register` and `Invoke` with
 * its callbacks, in memory, on loopback, at least as strict as the documentation. What VCC leaves
 * undocumented is a switch in `behaviour`, and `fail` does what networks do.
 *
 * @throws the error of `node:net` when the port is taken; TypeError for a behaviour that is none; Error
 * for a state file that cannot be read or written, or is none
 *
 * @example
 * import { startEmulator } from "pulumi-vcc/emulator";
 *
 * async function example() {
 *   const emulator = await startEmulator({ behaviour: { successStatus: 204 } });
 *   emulator.fail({ target: "register", times: 2, fault: { kind: "lost-answer" } });
 *   console.log(emulator.apiUrl, emulator.registrations());
 *   await emulator.close();
 * }
 */
export async function startEmulator({
  port = 0,
  clientId = "emulator",
  clientSecret = "emulator-secret",
  onRequest,
  behaviour: switches = {},
  stateFile,
  admin = false,
  now = () => Date.now(),
}: EmulatorOptions = {}): Promise<Emulator> {
  const atStart = behaviourWith(switches);
  const behaviour = structuredClone(atStart);
  const changes = createChanges();
  const onChange = changes.announce;
  const vcc = createVcc({ clientId, clientSecret, behaviour, stateFile, now, onChange });
  const faults = createFaults(onChange);
  const requests = createRecords<RecordedRequest>(onChange);
  const controls = {
    registrations: vcc.registrations,
    requests: requests.all,
    callbacks: vcc.callbacks,
    behaviour,
    fail: faults.add,
    faults: faults.all,
    clearFaults: faults.clear,
    revokeTokens: vcc.revokeTokens,
    settled: vcc.settled,
    reset() {
      vcc.reset();
      requests.clear();
      faults.clear();
      Object.assign(behaviour, structuredClone(atStart));
    },
  };

  const exchange = createExchange({
    vcc,
    faults,
    behaviour,
    now,
    onRequest(request) {
      requests.add(request);
      onRequest?.(request);
    },
  });
  const server = createServer(admin ? createAdmin(controls, changes, exchange) : exchange);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    apiUrl: `${url}/interactions`,
    authUrl: `${url}/Auth/connect/token`,
    ...controls,
    async close() {
      const closed = once(server, "close");
      vcc.endCallbacks();
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
