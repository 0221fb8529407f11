import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Certificates } from "../../certificates.mts";

/** A request that an endpoint has received. */
export interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: Array<{ notification: string; objectid: string; notificationid: string; params: object }>;
}

export type CertificateName = "certificate" | "expired" | "elsewhere" | "selfSigned";

/** Call it in a `describe`. Servers over TLS on loopback that end with their test, with a CA that no one trusts. */
export function tlsServers() {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-ca-"));
  const { authority, certificate, expired, elsewhere, otherAuthority }: Certificates = JSON.parse(
    execFileSync(process.execPath, [join(__dirname, "../../certificates.mts")], {
      encoding: "utf8",
    }),
  );
  const certificates = { certificate, expired, elsewhere, selfSigned: otherAuthority };
  const caFile = join(directory, "ca.pem");
  writeFileSync(caFile, authority.cert);
  const closing: Array<() => void> = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  async function listen(server: Server): Promise<number> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
    });
    closing.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  }

  return {
    /** A PEM file. */
    caFile,
    /** @returns its URL */
    async listen(listener: RequestListener, name: CertificateName = "certificate") {
      return `https://localhost:${await listen(createHttpsServer(certificates[name], listener))}/vcc`;
    },
    listenHttp: async (listener: RequestListener) =>
      `http://localhost:${await listen(createHttpServer(listener))}/vcc`,
    /** @returns the port */
    listenTcp: (onConnection: (socket: Socket) => void) => listen(createTcpServer(onConnection)),
  };
}

/**
 * Records requests before it responds.
 *
 * @param respond gets the request; its status. `true`: 200
 */
export function recording(respond: (received: Received) => number | true = () => true) {
  const requests: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    const received = { headers: request.headers, body: JSON.parse(await text(request)) };
    requests.push(received);
    const status = respond(received);
    response.writeHead(status === true ? 200 : status).end();
  };
  return { requests, listener };
}
