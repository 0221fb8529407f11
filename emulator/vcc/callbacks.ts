import { randomUUID } from "node:crypto";
import type { Behavior } from "../behavior";
import { type Redirect, sendRequest } from "../delivery";
import { createRecords } from "../records";
import type { ProviderSettings } from "./provider-settings";

/** What happened to an interaction. */
export interface InteractionEvent {
  notification: "AssignToAgent" | "Release";
  /** The `externalid` of Invoke. */
  objectid: string;
}

/** A notification that was sent, without the registered headers, which may contain secrets. */
export interface RecordedCallback {
  /** When it was sent: UTC, RFC 3339. */
  at: string;
  /** The registered name. */
  provider: string;
  /** What happened. */
  notification: "AssignToAgent" | "Release";
  /** Without query, fragment and credentials. */
  url: string;
  /** `null` without a response. */
  status: number | null;
  /** Why there is no response: `"timeout"`, or an error code like `"ECONNREFUSED"`. */
  error?: string;
}

export interface Callbacks {
  /** Sends the events of one Invoke, in order and after those of earlier ones for the same provider. */
  notify(settings: ProviderSettings, events: InteractionEvent[]): void;
  records(): RecordedCallback[];
  /** Resolves when no callback is pending. */
  settled(): Promise<void>;
  /** Aborts pending callbacks without a record. */
  end(): void;
  /** Aborts pending callbacks and forgets all records. */
  reset(): void;
}

/** The parameters of every notification. `AgentId` is a string in the documentation's example too. */
const params = { AccountName: "Emulator", Agent: "Emulated Agent", AgentId: "5464" };

/**
 * Posts notifications to registered endpoints. Undocumented by VCC: timeout, retries, redirects, and the
 * consequence of a failure. Here each is sent once, redirects are not followed, and failures are
 * recorded.
 */
export function createCallbacks({
  behavior,
  redirect,
  now,
  onChange,
  timeoutMs = 5000,
}: {
  behavior: Behavior;
  redirect: Redirect;
  now: () => number;
  onChange?: () => void;
  timeoutMs?: number;
}): Callbacks {
  const records = createRecords<RecordedCallback>(onChange);
  /** Provider → the end of its last callback. */
  const tails = new Map<string, Promise<void>>();
  let running = new AbortController();

  function end() {
    running.abort();
    running = new AbortController();
    tails.clear();
  }

  /** @returns the arrays to post */
  function arraysOf(events: InteractionEvent[]) {
    const { reorderCallbacks, duplicateCallbacks, batchCallbacks } = behavior;
    const releasesFirst = [
      ...events.filter(({ notification }) => notification === "Release"),
      ...events.filter(({ notification }) => notification !== "Release"),
    ];
    const notifications = (reorderCallbacks ? releasesFirst : events)
      .map((event) => ({ ...event, notificationid: randomUUID(), params }))
      .flatMap((notification) =>
        duplicateCallbacks ? [notification, notification] : [notification],
      );
    return batchCallbacks ? [notifications] : notifications.map((notification) => [notification]);
  }

  async function post(
    { provider, endpoint = "", headers = {} }: ProviderSettings,
    notifications: Array<InteractionEvent & { notificationid: string }>,
    ended: AbortSignal,
  ) {
    if (ended.aborted) return;
    const at = new Date(now()).toISOString();
    const outcome = await sendRequest(redirect(endpoint), {
      method: "POST",
      headers: headersFor(headers),
      body: JSON.stringify(notifications),
      signal: AbortSignal.any([ended, AbortSignal.timeout(timeoutMs)]),
    }).then(
      (response) => ({ status: response.resume().statusCode ?? null }),
      (error) => ({ status: null, error: codeOf(error) }),
    );
    if (ended.aborted) return;
    for (const { notification } of notifications) {
      records.add({
        at,
        provider,
        notification,
        url: withoutSecrets(redirect(endpoint)),
        ...outcome,
      });
    }
  }

  return {
    notify(settings, events) {
      if (settings.endpoint === undefined || events.length === 0) return;
      const ended = running.signal;
      const arrays = arraysOf(events);
      const tail = (tails.get(settings.provider) ?? Promise.resolve()).then(async () => {
        for (const notifications of arrays) await post(settings, notifications, ended);
      });
      tails.set(settings.provider, tail);
    },
    records: records.all,
    async settled() {
      let awaited: Array<Promise<void>> = [];
      // Another callback may have started meanwhile.
      while ([...tails.values()].some((tail) => !awaited.includes(tail))) {
        awaited = [...tails.values()];
        await Promise.all(awaited);
      }
    },
    end,
    reset() {
      end();
      records.clear();
    },
  };
}

/** A registered `Content-Type` overrides the default. */
function headersFor(registered: Record<string, string>): Headers {
  const headers = new Headers({ "content-type": "application/json" });
  for (const [name, value] of Object.entries(registered)) headers.set(name, value);
  return headers;
}

/** Messages may contain the URL and header values, so only the code is recorded. */
function codeOf({ code, cause }: { code?: unknown; cause?: { name?: unknown } }): string {
  if (cause?.name === "TimeoutError") return "timeout";
  return typeof code === "string" && !code.startsWith("ERR_INVALID") ? code : "cannot be sent";
}

function withoutSecrets(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint);
  return origin + pathname;
}
