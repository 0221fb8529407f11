import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Changes } from "../changes";
import type { Controls } from "../controls";
import { readBody } from "../http/body";
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

  async function replyTo(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<Reply> {
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
    const body = await readBody(request, response, maxBodyBytes);
    if (body === undefined) return error(413, "Payload Too Large");
    return handle(body.toString("utf8"));
  }

  return (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    if (path !== "/" && !path.startsWith(prefix)) return vcc(request, response);
    if (path === eventsPath && request.method === "GET") return sendEvents(response, changes);
    replyTo(request, response, path)
      .catch((cause: Error) => error(500, cause.message))
      .then((reply) => send(response, reply));
  };
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
