import type { IncomingMessage, ServerResponse } from "node:http";

/** How long a client may go on sending after the response. Unit: milliseconds. */
const maxLingerMs = 1000;

/**
 * Reads the body of a request. `undefined` if it is too large: the response then closes the
 * connection.
 *
 * @throws if the client disconnects
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBytes) break;
    chunks.push(chunk);
  }
  if (bytes <= maxBytes) return Buffer.concat(chunks);
  closeAfter(response, request);
  return undefined;
}

/**
 * Makes a response close its connection, and discards the rest of the request. If the emulator
 * closed its side at once, a client that is still sending would lose the response.
 *
 * @see RFC 9112, section 9.6
 */
export function closeAfter(response: ServerResponse, request: IncomingMessage): void {
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
