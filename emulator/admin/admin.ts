import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Changes } from "../changes";
import type { Controls } from "../controls";
import { error, type Reply } from "../reply";
import { createAdminApi } from "./admin-api";
import { loadPage } from "./page-files";

const prefix = "/_emulator/";
const eventsPath = `${prefix}events`;
/** The maximum size of a request body. Unit: bytes. */
const maxBodyBytes = 1_000_000;

/** Other sites must not embed, read or extend the page, and browsers must not store it. */
const safetyHeaders = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/**
 * Serves the page at `/` and the API under `/_emulator/`, which are not part of VCC: these requests are
 * not recorded, do not count towards the rate limit, and trigger no fault. Forwards all others to `vcc`.
 */
export function createAdmin(
  emulator: Controls,
  changes: Changes,
  vcc: RequestListener,
): RequestListener {
  const api = createAdminApi(emulator, changes.announce);
  const files = loadPage();

  async function replyTo(request: IncomingMessage, path: string): Promise<Reply> {
    const { method = "" } = request;
    const file = path === "/" ? files.get("index.html") : files.get(path.slice(prefix.length));
    if (file !== undefined) {
      return method === "GET" || method === "HEAD" ? file : notAllowed(["GET", "HEAD"]);
    }
    if (path === eventsPath) return notAllowed(["GET"]);
    const resource = api.get(path.slice(prefix.length));
    if (resource === undefined) return error(404, "Not Found");
    const handle = resource[method];
    if (handle === undefined) return notAllowed(Object.keys(resource));
    let bytes = 0;
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
    }
    if (bytes > maxBodyBytes) return error(413, "Payload Too Large");
    return handle(Buffer.concat(chunks).toString("utf8"));
  }

  return (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    if (path !== "/" && !path.startsWith(prefix)) return vcc(request, response);
    const rejection = reject(request);
    if (rejection !== undefined) return send(response, rejection);
    if (path === eventsPath && request.method === "GET") return sendEvents(response, changes);
    replyTo(request, path)
      .catch((cause: Error) => error(500, cause.message))
      .then((reply) => send(response, reply));
  };
}

/**
 * Any site in a browser on this machine can send requests here. A site whose name resolves to loopback
 * has that name in `Host`. Any other site has its name in `Origin`, which browsers add to requests that
 * may change something.
 */
function reject({ method, headers: { host = "", origin } }: IncomingMessage): Reply | undefined {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)) {
    return error(403, "The page is available on this machine only: Host must be loopback");
  }
  const safe = method === "GET" || method === "HEAD";
  if (!safe && origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return error(403, "Only the emulator's own page may make changes: Origin is another site");
  }
  return undefined;
}

/** Sends server-sent events. They do not say what changed: the page reads the resources. */
function sendEvents(response: ServerResponse, changes: Changes): void {
  response.writeHead(200, { ...safetyHeaders, "content-type": "text/event-stream" });
  response.write("retry: 1000\n\n");
  const end = changes.watch(() => {
    // A slow client already has an unread event, and reads the resources after it.
    if (!response.writableNeedDrain) response.write("event: change\ndata: {}\n\n");
  });
  response.once("close", end);
}

function notAllowed(methods: string[]): Reply {
  return error(405, "Method Not Allowed", { allow: methods.join(", ") });
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...safetyHeaders, ...headers }).end(body);
}
