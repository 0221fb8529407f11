import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { behaviorWith } from "../behavior";
import type { Controls } from "../controls";
import type { FaultRule } from "../faults";
import type { Route } from "../listener";
import { error, errorOf, json, respond } from "../responses";
import { jsonObject, parse, readJson } from "../schema";
import type { ProviderSettings } from "../vcc/provider-settings";
import type { Vcc } from "../vcc/vcc";

const prefix = "/_emulator/";

/** Other sites must not embed, read or extend the page, and browsers must not store it. */
const safetyHeaders = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/**
 * Serves the page at `/` and the API under `/_emulator/`, which are not part of VCC: these requests are
 * not recorded, do not count towards the rate limit, and trigger no fault. Forwards all others to
 * `exchange`.
 */
export function createAdmin({
  controls,
  vcc,
  watchers,
  onChange,
  exchange,
}: {
  controls: Controls;
  vcc: Vcc;
  /** They are called after each change. */
  watchers: Set<() => void>;
  onChange: () => void;
  exchange: Route;
}): Route {
  const resources = new Map([...pageFiles(), ...apiOf(controls, vcc, onChange)]);
  resources.set("events", { GET: () => eventsOf(watchers) });

  async function respondTo(request: Request, name: string): Promise<Response> {
    const resource = resources.get(name.replace(/\/\d+$/, "/<id>"));
    if (resource === undefined) return error(404);
    const handle = resource[request.method];
    const allow = Object.keys(resource).join(", ");
    return handle === undefined ? error(405, undefined, { allow }) : handle(request);
  }

  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/" && !pathname.startsWith(prefix)) return exchange(request);
    const name = pathname === "/" ? "index.html" : pathname.slice(prefix.length);
    const response = await respondTo(request, name).catch(errorOf);
    for (const [header, value] of Object.entries(safetyHeaders)) {
      response.headers.set(header, value);
    }
    return response;
  };
}

/** Method → handler. */
type Resource = Record<string, Route>;

/** Name → resource. A response contains the resource after the request, if not stated otherwise. */
function apiOf(controls: Controls, vcc: Vcc, onChange: () => void): Array<[string, Resource]> {
  const faults = () => json(200, controls.faults());
  const behavior = () => json(200, controls.behavior);
  return Object.entries<Resource>({
    registrations: {
      async GET() {
        const [reports, callbacks] = [await controls.witnesses(), controls.callbacks()];
        const registrations = vcc.registrations.newestFirst().map((settings) => {
          const isOwn = ({ provider }: { provider: string }) => provider === settings.provider;
          return {
            ...masked(settings),
            assigned: vcc.interactions.lastAssigned(settings.provider),
            callback: callbacks.findLast(isOwn),
            witness: reports.find(isOwn),
          };
        });
        return json(200, registrations);
      },
    },
    invoke: {
      /** Responds with the callbacks. */
      async POST(request) {
        return json(200, await vcc.interactions.invoke(await readJson(request)).callbacks);
      },
    },
    requests: { GET: () => json(200, controls.requests()) },
    callbacks: { GET: () => json(200, controls.callbacks()) },
    faults: {
      GET: faults,
      async POST(request) {
        controls.fail((await readJson(request)) as FaultRule);
        return faults();
      },
      DELETE() {
        controls.clearFaults();
        return faults();
      },
    },
    "faults/<id>": {
      DELETE({ url }) {
        const removed = controls.removeFault(Number(new URL(url).pathname.split("/").at(-1)));
        return removed ? faults() : error(404, "The fault has already been applied or removed");
      },
    },
    behavior: {
      GET: behavior,
      async PATCH(request) {
        const switches = parse(jsonObject, await readJson(request));
        Object.assign(controls.behavior, behaviorWith(switches, controls.behavior));
        onChange();
        return behavior();
      },
    },
    reset: {
      POST() {
        controls.reset();
        return respond(204);
      },
    },
  });
}

/** Sends server-sent events. They do not say what changed: the page reads the resources. */
function eventsOf(watchers: Set<() => void>): Response {
  let watcher: () => void;
  const events = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      controller.enqueue(encoder.encode("retry: 1000\n\n"));
      watcher = () => {
        // A slow client already has an unread event, and reads the resources after it.
        if ((controller.desiredSize ?? 0) <= 0) return;
        controller.enqueue(encoder.encode("event: change\ndata: {}\n\n"));
      };
      watchers.add(watcher);
    },
    cancel() {
      watchers.delete(watcher);
    },
  });
  return respond(200, events, { "content-type": "text/event-stream" });
}

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

function pageFiles(): Array<[string, Resource]> {
  const folder = join(__dirname, "page");
  return readdirSync(folder).map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const headers = { "content-type": mediaTypes[extname(name)] ?? "application/octet-stream" };
    const GET = () => respond(200, text, headers);
    return [name, { GET, HEAD: GET }];
  });
}

const mask = "••••";

/** Masks header values, and the parts of URLs other than host and path. */
function masked({ endpoint, headers, ...settings }: ProviderSettings): ProviderSettings {
  return {
    ...settings,
    ...(endpoint !== undefined && { endpoint: maskedUrl(endpoint) }),
    ...(headers !== undefined && {
      headers: Object.fromEntries(Object.keys(headers).map((name) => [name, mask])),
    }),
  };
}

function maskedUrl(endpoint: string): string {
  const { protocol, username, password, host, pathname, search, hash } = new URL(endpoint);
  return [
    `${protocol}//`,
    username + password === "" ? "" : `${mask}@`,
    host,
    pathname,
    search === "" ? "" : `?${mask}`,
    hash === "" ? "" : `#${mask}`,
  ].join("");
}
