import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Emulator } from "../../emulator";
import { forms } from "./secrets";

interface Credentials {
  clientId: string;
  clientSecret: string;
}

export interface EchoingGateway {
  apiUrl: string;
  authUrl: string;
  /** `http://127.0.0.1:<port>`. As a proxy, it refuses every connection and echoes the request. */
  url: string;
  /** The status of every response, which echoes the request. `undefined` forwards to the emulator. */
  status: number | undefined;
  /** Methods and paths of what it has refused. */
  refused: string[];
  close(): void;
}

/**
 * A VCC that can answer with what it was sent, in clear and encoded.
 *
 * @param client of the emulator
 * @param accessTokens what it accepts as a token, since the emulator accepts only its own
 */
export async function startEchoingGateway(
  emulator: Pick<Emulator, "url" | "authUrl">,
  client: Credentials,
  accessTokens: readonly string[],
): Promise<EchoingGateway> {
  const listener: RequestListener = async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (gateway.status !== undefined) {
      gateway.refused.push(`${incoming.method} ${incoming.url}`);
      response.writeHead(gateway.status, { "content-type": "application/json" });
      response.end(echoOf(incoming, body));
      return;
    }
    const headers = { ...incoming.headers };
    if (accessTokens.some((token) => headers.authorization === `Bearer ${token}`)) {
      headers.authorization = `Bearer ${await tokenOf(emulator, client)}`;
    }
    const outgoing = request(
      `${emulator.url}${incoming.url}`,
      { method: incoming.method ?? "GET", headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.end(body);
  };
  const server = createServer(listener);
  server.on("connect", (incoming: IncomingMessage, socket) => {
    gateway.refused.push(`${incoming.method} ${incoming.url}`);
    const body = echoOf(incoming, Buffer.alloc(0));
    socket.end(
      `HTTP/1.1 407 ${incoming.headers["proxy-authorization"]}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gateway: EchoingGateway = {
    url,
    apiUrl: `${url}/interactions`,
    authUrl: `${url}/Auth/connect/token`,
    status: undefined,
    refused: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return gateway;
}

function echoOf({ headers }: IncomingMessage, body: Buffer): string {
  const text = `${headers.authorization ?? headers["proxy-authorization"]} ${body}`;
  const encoded = Object.values(forms).map((encode) => encode(text)[0]);
  return JSON.stringify({ error: "echo", message: text, errors: encoded });
}

async function tokenOf(
  { authUrl }: Pick<Emulator, "authUrl">,
  client: Credentials,
): Promise<string> {
  const response = await fetch(authUrl, {
    method: "POST",
    // The emulator may close an idle connection while this process is busy.
    headers: { connection: "close" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      scope: "interactions:write",
      client_id: client.clientId,
      client_secret: client.clientSecret,
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}
