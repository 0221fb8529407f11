import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createAdminApi } from "./admin-api";
import type { Changes } from "./changes";
import type { Emulator } from "./emulator";
import { loadPage } from "./page-files";
import { error, type Reply } from "./reply";

const prefix = "/_emulator/";
const eventsPath = `${prefix}events`;
/** Of a fault or of switches. Unit: bytes. */
const maxBodyBytes = 1_000_000;

/** Nobody else may embed, read, store or extend what is served here. */
const safetyHeaders = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/**
 * The page at `/` and the API under `/_emulator/`, which are no part of VCC: such requests are not
 * recorded, count against no limit, and meet no fault. All others go to `vcc`.
 */
export function createAdmin(
  emulator: Omit<Emulator, "url" | "apiUrl" | "authUrl" | "close">,
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
    const answer = resource[method];
    if (answer === undefined) return notAllowed(Object.keys(resource));
    let bytes = 0;
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
    }
    if (bytes > maxBodyBytes) return error(413, "Payload Too Large");
    return answer(Buffer.concat(chunks).toString("utf8"));
  }

  return (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    if (path !== "/" && !path.startsWith(prefix)) return vcc(request, response);
    const refused = refuse(request);
    if (refused !== undefined) return send(response, refused);
    if (path === eventsPath && request.method === "GET") return sendEvents(response, changes);
    replyTo(request, path)
      .catch((cause: Error) => error(500, cause.message))
      .then((reply) => send(response, reply));
  };
}

/**
 * A browser of this machine takes any site here. A site whose name was made to resolve to loopback has
 * its own name in `Host`, and any other site has its own in the `Origin` that browsers add to whatever
 * could change something.
 */
function refuse({ method, headers: { host = "", origin } }: IncomingMessage): Reply | undefined {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)) {
    return error(403, "The emulator shows itself to this machine only: Host must be loopback");
  }
  const safe = method === "GET" || method === "HEAD";
  if (!safe && origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return error(403, "Only the emulator's own page may change something: Origin is another");
  }
  return undefined;
}

/** Server-sent events; what changed is told by the resources themselves. */
function sendEvents(response: ServerResponse, changes: Changes): void {
  response.writeHead(200, { ...safetyHeaders, "content-type": "text/event-stream" });
  response.write("retry: 1000\n\n");
  const end = changes.watch(() => {
    // Whoever does not read finds an older event, and asks for what is new by then.
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
