import { randomUUID } from "node:crypto";
import { registrationHeader } from "../provider/witness/witness";
import type { HeaderSet } from "./header-sets";
import type { Notification } from "./notification";

/** The fields of a notification, and the options of its request. */
export interface NotificationRequestOptions extends Partial<Notification> {
  /** The registered endpoint. @default "https://receiver.example/" */
  url?: string;
  /** The registered headers. @default none */
  headers?: HeaderSet;
  /** The registration fingerprint, if the registration has a witness. @default none */
  registration?: string;
  /** The notifications of the request, instead of the fields of one. @default one notification */
  notifications?: ReadonlyArray<Partial<Notification>>;
}

/**
 * Builds a callback as VCC sends it, for tests. The default is an `AssignToAgent` with a new `notificationid`.
 *
 * @example
 * import { createReceiver, notificationRequest } from "pulumi-vcc/receiver";
 *
 * async function test() {
 *   const headers = { Authorization: "Bearer test" };
 *   const receiver = createReceiver({ headers, onNotification: console.log });
 *   const request = notificationRequest({ headers, notification: "Release", objectid: "case-1" });
 *   console.log((await receiver.fetch(request)).status); // 200
 * }
 */
export function notificationRequest({
  url = "https://receiver.example/",
  headers = {},
  registration,
  notifications,
  ...notification
}: NotificationRequestOptions = {}): Request {
  const body = (notifications ?? [notification]).map((fields) => ({
    notification: "AssignToAgent",
    objectid: "example-1",
    notificationid: randomUUID(),
    params: { AccountName: "Example", Agent: "Example Agent", AgentId: "5464" },
    ...fields,
  }));
  return new Request(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...headers,
      ...(registration !== undefined && { [registrationHeader]: registration }),
    },
    body: JSON.stringify(body),
  });
}
