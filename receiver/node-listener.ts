import type { IncomingMessage, ServerResponse } from "node:http";
import { createBodyTooLargeError } from "srvx/body-limit";
import { ReceiverError } from "./receiver-error";

/** What the receiver needs of a request. */
export type IncomingRequest = Pick<Request, "method" | "headers" | "text">;

/** A listener for `node:http`, and a middleware for Express. */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

/** Frameworks keep the URL with the prefix that they removed, and the body that they read. */
interface FrameworkRequest extends IncomingMessage {
  originalUrl?: string;
  body?: unknown;
  rawBody?: unknown;
}

/** Creates a listener for `node:http` and Express. It never rejects. */
export function createNodeListener(options: {
  hasPath: (path: string) => boolean;
  respond: (request: IncomingRequest, path: string) => Promise<Response>;
  maxBodyBytes: number;
  onError: (cause: unknown) => void;
}): NodeListener {
  const { hasPath, respond, maxBodyBytes, onError } = options;
  return async (incoming: FrameworkRequest, outgoing, next) => {
    try {
      const path = pathOf(incoming.originalUrl ?? incoming.url ?? "");
      if (next && !hasPath(path)) return next();
      // Only Node.js needs it, and loading it takes longer than loading the rest.
      const { NodeRequest, sendNodeResponse } = await import("srvx/node");
      const connection = { req: incoming, res: outgoing };
      const request = new NodeRequest({ ...connection, maxRequestBodySize: maxBodyBytes });
      const { method, headers } = request;
      const text = async () => bodyAlreadyRead(incoming, maxBodyBytes) ?? request.text();
      await sendNodeResponse(outgoing, await respond({ method, headers, text }, path));
      // Discards the rest of the body, so that the client reads the response.
      incoming.resume();
    } catch (cause) {
      onError(new ReceiverError(`the response cannot be sent: ${(cause as Error).message}`));
      outgoing.destroy();
    }
  };
}

/**
 * Returns the body that a framework has read, or `undefined` while the stream contains it. Parsed JSON has lost digits
 * of long numbers, so the raw body comes first.
 */
function bodyAlreadyRead(incoming: FrameworkRequest, maxBodyBytes: number): string | undefined {
  let body: unknown;
  try {
    body = incoming.rawBody ?? incoming.body;
  } catch {
    // Some frameworks parse it now, and throw if they cannot.
    body = "";
  }
  if (ArrayBuffer.isView(body)) body = new TextDecoder().decode(body as Uint8Array);
  const isUnread = !incoming.readableDidRead && !incoming.readableEnded;
  // body-parser 1 sets {} for a type that it does not parse, and leaves the stream.
  if (isUnread && typeof body !== "string" && !Array.isArray(body)) return undefined;
  if (body === undefined) {
    throw new ReceiverError(
      "something else has read it. Let the receiver come first, or set body of the Node.js request",
    );
  }
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (Buffer.byteLength(text) > maxBodyBytes) throw createBodyTooLargeError(maxBodyBytes);
  return text;
}

/** The path of an absolute URL, or of a request line, which any client can malform. */
export function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/";
}
