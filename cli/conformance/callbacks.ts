import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { documentedKinds, parseNotifications } from "../../receiver/notification";

/** Every registration that is asked about has this header, with a label of its own. */
export const labelHeader = "X-Pulumi-Vcc-Conformance";
/** Only the first registration has this one. */
export const formerHeader = "X-Pulumi-Vcc-Conformance-Former";

/** One request of VCC. */
export interface Delivery {
  /** The content of `labelHeader`. */
  label: string | undefined;
  hasFormerHeader: boolean;
  /** `undefined` if the body is not the documented array. */
  notifications: ReportedNotification[] | undefined;
}

interface ReportedNotification {
  kind: "AssignToAgent" | "Release" | "another kind";
  id: string;
}

export interface Callbacks {
  /** Where VCC reaches this receiver, if nothing else is configured. */
  readonly url: string;
  /** Waits for the notifications of an interaction, in the order in which they arrived. */
  collect(externalid: string): Promise<Delivery[]>;
  close(): void;
}

const maxBodyBytes = 1_000_000;
const maxArrived = 1000;

export interface CallbacksOptions {
  /** On 127.0.0.1. @default 0, any free port */
  port?: number;
  /** Resolves when no more notifications are expected. @default up to 20 s, and 3 s after the last one */
  settled?(lastArrivalMs: () => number): Promise<void>;
}

/**
 * Starts a receiver that keeps what arrives, also repetitions, unlike that of `pulumi-vcc/receiver`.
 *
 * @throws the error of `node:net` if the port is in use
 */
export async function listenForCallbacks({
  port = 0,
  settled = silence,
}: CallbacksOptions = {}): Promise<Callbacks> {
  let arrived: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
  let lastArrivalMs = 0;
  let awaited = "";

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) return void response.writeHead(413).end();
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    // Strangers find a public tunnel.
    if (arrived.length < maxArrived) arrived.push({ headers: request.headers, body });
    if (awaited !== "" && body.includes(awaited)) lastArrivalMs = Date.now();
    response.writeHead(200).end();
  }

  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async collect(externalid) {
      lastArrivalMs = 0;
      awaited = externalid;
      await settled(() => lastArrivalMs);
      const deliveries = arrived.flatMap(({ headers, body }) => read(headers, body, externalid));
      arrived = [];
      return deliveries;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Anybody can send requests: those that know neither the interaction nor a label do not count. */
function read(headers: IncomingHttpHeaders, body: string, externalid: string): Delivery[] {
  const label = headers[labelHeader.toLowerCase()]?.toString();
  const delivery = { label, hasFormerHeader: formerHeader.toLowerCase() in headers };
  try {
    const notifications = parseNotifications(body)
      .filter(({ objectid }) => objectid === externalid)
      .map(({ notification, notificationid }) => ({
        kind: (documentedKinds.includes(notification)
          ? notification
          : "another kind") as ReportedNotification["kind"],
        id: notificationid,
      }));
    return notifications.length === 0 ? [] : [{ ...delivery, notifications }];
  } catch {
    return label === undefined ? [] : [{ ...delivery, notifications: undefined }];
  }
}

async function silence(lastArrivalMs: () => number): Promise<void> {
  const untilMs = Date.now() + 20_000;
  while (Date.now() < untilMs) {
    if (lastArrivalMs() > 0 && Date.now() - lastArrivalMs() > 3000) return;
    await sleep(100);
  }
}
