import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type ProviderSettings, problemOfSettings } from "./provider-settings";
import { createTokens, mediaTypeOf } from "./tokens";

export interface EmulatorOptions {
  /** On 127.0.0.1. @default 0, any free port */
  port?: number;
  /** @default "emulator" */
  clientId?: string;
  /** @default "emulator-secret" */
  clientSecret?: string;
  /** Called after each answer. */
  onRequest?: (request: RecordedRequest) => void;
}

/** What was asked and answered; bodies and headers are left out, since they hold secrets. */
export interface RecordedRequest {
  method: string;
  path: string;
  status: number;
  /** The name in the body of a Register request that was accepted. */
  provider?: string;
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
  /** All requests since the start or the last reset, in the order of their answers. */
  requests(): RecordedRequest[];
  /** Forgets registrations, requests and tokens. */
  reset(): void;
  close(): Promise<void>;
}

interface Reply {
  status: number;
  body?: unknown;
  provider?: string;
}

/** VCC documents 100KB; the smaller reading of it. Unit: bytes. */
const maxBodyBytes = 100_000;
const mediaType = "application/vnd.newvoicemedia.v1+json";

/**
 * A local VCC for demos and tests: the token endpoint and `POST /interactions/Register`, in memory,
 * on loopback, at least as strict as the documentation. A body that it takes is stored as it is.
 *
 * @throws the error of `node:net` when the port is taken
 *
 * @example
 * import { startEmulator } from "pulumi-vcc/emulator";
 *
 * async function example() {
 *   const emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
 *   console.log(emulator.apiUrl, emulator.registrations());
 *   await emulator.close();
 * }
 */
export async function startEmulator({
  port = 0,
  clientId = "emulator",
  clientSecret = "emulator-secret",
  onRequest,
}: EmulatorOptions = {}): Promise<Emulator> {
  const tokens = createTokens({ clientId, clientSecret });
  const registrations = new Map<string, ProviderSettings>();
  const requests: RecordedRequest[] = [];

  function register({ headers }: IncomingMessage, body: Buffer): Reply {
    const accepted = (headers.accept ?? "").split(",").map(mediaTypeOf);
    if (!accepted.includes(mediaType)) return error(400, `Accept must be ${mediaType}`);
    if (headers.authorization === undefined) {
      return unauthorized("invalid_request", "The access token is missing");
    }
    if (!tokens.accept(headers.authorization)) {
      return unauthorized("invalid_token", "The access token is invalid or has expired");
    }
    if (body.length > maxBodyBytes) return error(413, "Payload Too Large");
    if (mediaTypeOf(headers["content-type"]) !== "application/json") {
      return error(400, "Content-Type must be application/json");
    }
    const json = parseJson(body);
    const problem = problemOfSettings(json);
    if (problem !== undefined) return error(400, problem);
    const settings = json as ProviderSettings;
    registrations.set(settings.provider, settings);
    return { status: 200, provider: settings.provider };
  }

  function reply(request: IncomingMessage, path: string, body: Buffer): Reply {
    const route = path.toLowerCase();
    if (!["/auth/connect/token", "/interactions/register"].includes(route)) {
      return error(404, "Not Found");
    }
    if (request.method !== "POST") return error(405, "Method Not Allowed");
    return route === "/interactions/register"
      ? register(request, body)
      : tokens.issue(request.headers, body.toString("utf8"));
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The client went away; there is nobody to answer.
    }
    const [path = ""] = (request.url ?? "").split("?");
    const { status, body, provider } = reply(request, path, Buffer.concat(chunks));
    const recorded = {
      method: request.method ?? "",
      path,
      status,
      ...(provider !== undefined && { provider }),
    };
    requests.push(recorded);
    response.writeHead(status, body === undefined ? {} : { "content-type": "application/json" });
    response.end(body === undefined ? undefined : JSON.stringify(body));
    onRequest?.(recorded);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    apiUrl: `${url}/interactions`,
    authUrl: `${url}/Auth/connect/token`,
    registrations: () => structuredClone([...registrations.values()]),
    requests: () => structuredClone(requests),
    reset() {
      registrations.clear();
      requests.length = 0;
      tokens.reset();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** `undefined` for what is not JSON, which no JSON can be. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function error(status: number, message: string): Reply {
  return { status, body: { message } };
}

function unauthorized(error: string, error_description: string): Reply {
  return { status: 401, body: { error, error_description } };
}
