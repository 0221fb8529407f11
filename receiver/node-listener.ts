import type { IncomingMessage, ServerResponse } from "node:http";
import { createBodyTooLargeError } from "srvx/body-limit";
import { ReceiverError } from "./receiver-error";

/** What the receiver needs of a request. */
export type IncomingRequest = Pick<Request, "method" | "headers" | "text">;

/** Responds to a request, or nothing if its path is another handler's. */
export type RequestHandler = (
  request: IncomingRequest,
  path: string,
) => Promise<Response | undefined>;

/** A listener for `node:http`, and a middleware for Express. */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

/** What frameworks add: the URL before they cut off a prefix, and the body that they have read. */
interface FrameworkRequest extends IncomingMessage {
  originalUrl?: string;
  body?: unknown;
  rawBody?: unknown;
}

/** Makes a listener for `node:http` and Express. It never rejects. */
export function createNodeListener(
  handle: RequestHandler,
  {
    maxBodyBytes,
    notFound,
    onError,
  }: {
    maxBodyBytes: number;
    notFound: (method: string, path: string) => Response;
    onError: (cause: unknown) => void;
  },
): NodeListener {
  return async (incoming: FrameworkRequest, outgoing, next) => {
    try {
      // Only Node.js needs it, and loading it takes longer than loading the rest.
      const { NodeRequest, sendNodeResponse } = await import("srvx/node");
      const streamed = new NodeRequest({
        req: incoming,
        res: outgoing,
        maxRequestBodySize: maxBodyBytes,
      });
      const { method, headers } = streamed;
      const text = textAlreadyRead(incoming, maxBodyBytes);
      const request = text === undefined ? streamed : { method, headers, text };
      const path = pathOf(incoming.originalUrl ?? incoming.url ?? "");
      const response = await handle(request, path);
      if (response === undefined && next) return next();
      await sendNodeResponse(outgoing, response ?? notFound(request.method, path));
      // Discards what was not read of a body, so that the client reads the response.
      incoming.resume();
    } catch (cause) {
      onError(new ReceiverError(`the response cannot be sent: ${(cause as Error).message}`));
      outgoing.destroy();
    }
  };
}

/** Returns what a framework has read. `undefined` if nothing has, so that the stream contains the body. */
function textAlreadyRead(
  incoming: FrameworkRequest,
  maxBodyBytes: number,
): (() => Promise<string>) | undefined {
  if (incoming.method !== "POST") return undefined;
  let body: unknown;
  try {
    body = incoming.rawBody ?? incoming.body;
  } catch {
    // Some parse it now, and throw if they cannot.
    body = "";
  }
  if (ArrayBuffer.isView(body)) body = new TextDecoder().decode(body as Uint8Array);
  const isUnread = incoming.readableDidRead === false && !incoming.readableEnded;
  // body-parser 1 sets {} for a type that it does not parse, and leaves the stream.
  if (isUnread && typeof body !== "string" && !Array.isArray(body)) return undefined;
  return async () => {
    if (body === undefined) {
      throw new ReceiverError(
        "something else has read it. Let the receiver come first, or set body of the Node.js request",
      );
    }
    const text = typeof body === "string" ? body : JSON.stringify(body);
    if (Buffer.byteLength(text) > maxBodyBytes) throw createBodyTooLargeError(maxBodyBytes);
    return text;
  };
}

/** The path of an absolute URL, or of a request line, which any client can malform. */
export function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/";
}
