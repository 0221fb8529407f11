import type { IncomingMessage, ServerResponse } from "node:http";
import { limitRequestBody } from "srvx/body-limit";

/** Responds to a request, or nothing if its path is another handler's. */
export type RequestHandler = (request: Request, path: string) => Promise<Response | undefined>;

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
  { maxBodyBytes, onError }: { maxBodyBytes: number; onError: (cause: unknown) => void },
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
      const text = textAlreadyRead(incoming);
      const request = text === undefined ? streamed : withBody(streamed, text, maxBodyBytes);
      const response = await handle(request, pathOf(incoming.originalUrl ?? incoming.url ?? ""));
      if (response === undefined && next) return next();
      await sendNodeResponse(outgoing, response ?? new Response(null, { status: 404 }));
      // Discards what was not read of a body, so that the client reads the response.
      incoming.resume();
    } catch (cause) {
      onError(cause);
      outgoing.destroy();
    }
  };
}

function textAlreadyRead(incoming: FrameworkRequest): string | undefined {
  const body = incoming.rawBody ?? incoming.body;
  if (incoming.method !== "POST" || body === undefined) return undefined;
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : JSON.stringify(body);
}

function withBody({ headers }: Request, body: string, maxBodyBytes: number): Request {
  // The handler gets the path separately, so this URL does not matter.
  const request = new Request("http://localhost", { method: "POST", headers, body });
  return limitRequestBody(request, maxBodyBytes);
}

/** The path of an absolute URL, or of a request line, which any client can malform. */
export function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/";
}
