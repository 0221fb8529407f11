import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { NodeRequest, sendNodeResponse } from "srvx/node";
import { error, errorOf } from "./responses";

/** Handles a request. `Response.error()` resets the connection. */
export type Route = (request: Request) => Response | Promise<Response>;

/** VCC documents 100KB; this is the smaller interpretation. Unit: bytes. */
const maxBodyBytes = 100_000;
/** How long a client may go on sending after the response. Unit: milliseconds. */
const maxLingerMs = 1000;

/**
 * Serves the route to clients on this machine.
 *
 * @throws the error of `node:net` if the port is in use
 */
export async function listen(route: Route, port: number) {
  const server = createServer(createListener(route)).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(): Promise<void> {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Everything that needs the socket is here. */
function createListener(route: Route): RequestListener {
  return async (incoming, outgoing) => {
    const request = new NodeRequest({
      req: incoming,
      res: outgoing,
      maxRequestBodySize: maxBodyBytes,
    });
    const response = rejectionOf(request.headers) ?? (await respond(request));
    try {
      if (response.type === "error") throw new Error("the route resets the connection");
      if (!(await readToEnd(incoming))) closeAfter(outgoing, incoming);
      await sendNodeResponse(outgoing, response);
    } catch {
      // Otherwise the client disconnected, or a fault has headers that Node.js does not send.
      incoming.socket.resetAndDestroy();
      await response.body?.cancel().catch(() => {});
    }
  };

  async function respond(request: Request): Promise<Response> {
    try {
      return await route(request);
    } catch (cause) {
      return errorOf(cause);
    }
  }
}

/**
 * A site whose name resolves to loopback has that name in `Host`. Any other site has its name in
 * `Origin`, and most browsers say in `Sec-Fetch-Site` that a request comes from another site.
 */
function rejectionOf(headers: Headers): Response | undefined {
  // Several are joined with commas.
  const host = headers.get("host") ?? "";
  const origin = headers.get("origin");
  const isLoopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);
  if (!isLoopback || !URL.canParse(`http://${host}`)) {
    return error(403, "The emulator is available on this machine only: Host must be loopback");
  }
  if (headers.get("sec-fetch-site") === "cross-site") {
    return error(403, "Another site must not use the emulator: Sec-Fetch-Site is cross-site");
  }
  if (origin !== null && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return error(403, "Another site must not use the emulator: Origin is another site");
  }
  return undefined;
}

/** Discards a body that the route has not read. @returns whether the body has ended */
async function readToEnd(incoming: IncomingMessage): Promise<boolean> {
  if (incoming.readableDidRead) return incoming.readableEnded;
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return false;
  }
  return true;
}

/**
 * Makes a response close its connection, and discards the rest of the request. If the emulator
 * closed its side at once, a client that is still sending would lose the response.
 *
 * @see RFC 9112, section 9.6
 */
function closeAfter(response: ServerResponse, request: IncomingMessage): void {
  const { socket } = request;
  response.setHeader("connection", "close");
  request.resume();
  // What Node.js calls after the last response of a connection.
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), maxLingerMs);
    socket.once("close", () => clearTimeout(timer));
  };
}
