import { createAdmin } from "./admin/admin";
import { type Behavior, behaviorWith } from "./behavior";
import type { Controls } from "./controls";
import { createRedirect } from "./delivery";
import { createExchange } from "./exchange";
import { createFaults } from "./faults";
import { listen } from "./listener";
import { createRecords, type RecordedRequest } from "./records";
import { createVcc } from "./vcc/vcc";
import { askWitnesses } from "./witnesses";

/** The options of `startEmulator`. */
export interface EmulatorOptions {
  /** The port on 127.0.0.1. @default 0, any free port */
  port?: number;
  /** The client ID to accept. @default "emulator" */
  clientId?: string;
  /** The client secret to accept. @default "emulator-secret" */
  clientSecret?: string;
  /**
   * Called for each request before its response is sent, or when it ends without one. It must not throw.
   * @default none
   */
  onRequest?: (request: RecordedRequest) => void;
  /** Switches that differ from their defaults. @default none */
  behavior?: Partial<Behavior>;
  /**
   * Keeps registrations, including their secrets, across restarts. Only the owner can read the file, and
   * each write replaces it as a whole.
   * @default none, in memory only
   */
  stateFile?: string;
  /**
   * Serves a page at `/`, and the functions of `Controls` as JSON under `/_emulator/`:
   * `registrations`, `requests`, `callbacks` (GET), `faults` (GET, POST of a FaultRule, DELETE),
   * `faults/<id>` (DELETE), `behavior` (GET, PATCH), `reset` (POST), and `events` (GET), a server-sent
   * event for each change. `invoke` (POST) takes the body of VCC's Invoke, and responds with the callbacks
   * when they have been sent. Header values, and the parts of URLs other than host and path, are masked.
   * This is not part of VCC, needs no credentials, and is available on this machine only.
   * @default false
   */
  admin?: boolean;
  /**
   * Receives callbacks in place of the host of every endpoint, like `http://127.0.0.1:8080`: for a
   * receiver on this machine, without a certificate. Paths are those of the endpoints.
   * @default none, callbacks go to the endpoints
   */
  deliverTo?: string;
  /**
   * With this token, the page asks the witness of each registration that has `X-Vcc-Registration`, at
   * `/.well-known/vcc-registration`.
   * @default none, no witness is asked
   */
  witnessToken?: string;
  /** The time, in milliseconds since the epoch: for tokens, limits and records. @default Date.now */
  now?: () => number;
}

/** A running emulator. */
export interface Emulator extends Controls {
  /** The base URL: `http://127.0.0.1:<port>`. */
  url: string;
  /** For `vcc:apiUrl` or `VCC_API_URL`. */
  apiUrl: string;
  /** For `vcc:authUrl` or `VCC_AUTH_URL`. */
  authUrl: string;
  /** Closes all connections and aborts pending callbacks. */
  close(): Promise<void>;
}

/**
 * Starts a local VCC for demos and tests: the token endpoint, `POST /interactions/Register`, and
 * `Invoke` with callbacks. It listens on loopback, keeps everything in memory, and is at least as
 * strict as the documentation. `behavior` has a switch for whatever VCC leaves undocumented, and
 * `fail` simulates faults.
 *
 * @throws the error of `node:net` if the port is in use; TypeError for an invalid behavior or URL; Error
 *   for a state file that cannot be read or written, or is invalid
 *
 * @example
 * import { startEmulator } from "pulumi-vcc/emulator";
 *
 * async function example() {
 *   const emulator = await startEmulator({ behavior: { successStatus: 204 } });
 *   emulator.fail({ target: "register", times: 2, fault: { kind: "lost-response" } });
 *   console.log(emulator.apiUrl, emulator.registrations());
 *   await emulator.close();
 * }
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  try {
    return await start(options);
  } catch (error) {
    const { stack = "" } = error as Error;
    // The stack shows the caller only.
    const lines = stack.split("\n").filter((line) => !line.includes(__dirname));
    throw Object.assign(error as Error, { stack: lines.join("\n") });
  }
}

async function start({
  port = 0,
  clientId = "emulator",
  clientSecret = "emulator-secret",
  onRequest,
  behavior: switches = {},
  stateFile,
  admin = false,
  deliverTo,
  witnessToken,
  now = () => Date.now(),
}: EmulatorOptions): Promise<Emulator> {
  const initialBehavior = behaviorWith(switches);
  const behavior = structuredClone(initialBehavior);
  const watchers = new Set<() => void>();
  let announced = false;
  /** Calls the watchers once for all changes of one turn of the event loop. */
  function onChange() {
    if (announced) return;
    announced = true;
    setImmediate(() => {
      announced = false;
      for (const watcher of watchers) watcher();
    });
  }
  const redirect = createRedirect(deliverTo);
  const vcc = createVcc({ clientId, clientSecret, behavior, stateFile, redirect, now, onChange });
  const faults = createFaults(onChange);
  const requests = createRecords<RecordedRequest>(onChange);
  const controls: Controls = {
    registrations: vcc.registrations.all,
    requests: requests.all,
    callbacks: vcc.callbacks.records,
    async witnesses() {
      if (witnessToken === undefined) return [];
      return askWitnesses(vcc.registrations.all(), witnessToken, redirect);
    },
    behavior,
    fail: faults.add,
    faults: faults.all,
    removeFault: faults.remove,
    clearFaults: faults.clear,
    revokeTokens: vcc.tokens.revoke,
    settled: vcc.callbacks.settled,
    reset() {
      vcc.reset();
      requests.clear();
      faults.clear();
      Object.assign(behavior, structuredClone(initialBehavior));
    },
  };

  const exchange = createExchange({
    vcc,
    faults,
    behavior,
    now,
    onArrival() {
      const record = requests.begin();
      return (request) => {
        record(request);
        onRequest?.(request);
      };
    },
  });
  const route = admin ? createAdmin({ controls, vcc, watchers, onChange, exchange }) : exchange;
  const { url, close } = await listen(route, port);
  return {
    url,
    apiUrl: `${url}/interactions`,
    authUrl: `${url}/Auth/connect/token`,
    ...controls,
    close() {
      vcc.callbacks.end();
      return close();
    },
  };
}
