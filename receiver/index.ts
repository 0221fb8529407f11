export type { Evidence, Sighting } from "./evidence";
export type { HeaderSet } from "./header-sets";
export type { NodeListener } from "./node-listener";
export type { Notification } from "./notification";
export type { NotificationRequestOptions } from "./notification-request";
export { notificationRequest } from "./notification-request";
export type { Claim, NotificationStore } from "./notification-store";
export type { Receiver, ReceiverOptions } from "./receiver";
export { createReceiver } from "./receiver";
