import { createReceiver, type Notification, type ReceiverOptions } from "../../receiver";

/** A receiver that records what reaches the application. */
export function recordingReceiver(
  headers: ReceiverOptions["headers"],
  options: Partial<ReceiverOptions> = {},
) {
  const handled: Notification[] = [];
  const errors: unknown[] = [];
  const receiver = createReceiver({
    headers,
    onNotification: (notification) => handled.push(notification),
    onError: (cause) => errors.push(cause),
    ...options,
  });
  return { ...receiver, handled, errors };
}
