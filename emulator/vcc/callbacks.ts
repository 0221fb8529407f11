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
  /** The `externalid` of Invoke. */
  objectid: string;
  /** Without query, fragment and credentials. */
  url: string;
  /** `null` without a response. */
  status: number | null;
  /** Why there is no response: `"timeout"`, or an error code like `"ECONNREFUSED"`. */
  error?: string;
}

export type Callbacks = ReturnType<typeof createCallbacks>;

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
  onChange: () => void;
  timeoutMs?: number;
}) {
  const records = createRecords<RecordedCallback>(onChange);
  /** Provider → the end of its last callback. */
  const tails = new Map<string, Promise<unknown>>();
  let running = new AbortController();

  async function post(
    { provider, endpoint = "", headers = {} }: ProviderSettings,
    notifications: InteractionEvent[],
    ended: AbortSignal,
  ): Promise<RecordedCallback[]> {
    if (ended.aborted) return [];
    const record = records.begin();
    const at = new Date(now()).toISOString();
    const url = redirect(endpoint);
    const outcome = await sendRequest(url, {
      method: "POST",
      headers: headersFor(headers),
      body: JSON.stringify(notifications),
      signal: AbortSignal.any([ended, AbortSignal.timeout(timeoutMs)]),
    }).then(
      (response) => ({ status: response.resume().statusCode ?? null }),
      (error) => ({ status: null, error: codeOf(error) }),
    );
    if (ended.aborted) return [];
    const sent = notifications.map(({ notification, objectid }) => {
      return { at, provider, notification, objectid, url: withoutSecrets(url), ...outcome };
    });
    for (const callback of sent) record(callback);
    return sent;
  }

  /** Aborts pending callbacks without a record. */
  function end(): void {
    running.abort();
    running = new AbortController();
    tails.clear();
  }

  return {
    /**
     * Sends the events of one Invoke, in order and after those of earlier ones for the same provider.
     *
     * @returns when they have been sent, except those that a reset aborted
     */
    async notify(
      settings: ProviderSettings | undefined,
      events: InteractionEvent[],
    ): Promise<RecordedCallback[]> {
      if (settings?.endpoint === undefined || events.length === 0) return [];
      const ended = running.signal;
      const arrays = arraysOf(events, behavior);
      const tail = (tails.get(settings.provider) ?? Promise.resolve()).then(async () => {
        const sent: RecordedCallback[] = [];
        for (const array of arrays) sent.push(...(await post(settings, array, ended)));
        return sent;
      });
      tails.set(settings.provider, tail);
      return tail;
    },
    records: records.all,
    /** Resolves when no callback is pending. */
    async settled(): Promise<void> {
      let awaited: Array<Promise<unknown>> = [];
      // Another callback may have started meanwhile.
      while ([...tails.values()].some((tail) => !awaited.includes(tail))) {
        awaited = [...tails.values()];
        await Promise.all(awaited);
      }
    },
    end,
    /** Aborts pending callbacks and forgets all records. */
    reset(): void {
      end();
      records.clear();
    },
  };
}

/** The arrays to post. */
function arraysOf(
  events: InteractionEvent[],
  { reorderCallbacks, duplicateCallbacks, batchCallbacks }: Behavior,
): InteractionEvent[][] {
  const releasesFirst = events.toSorted(
    (a, b) => Number(b.notification === "Release") - Number(a.notification === "Release"),
  );
  const notifications = (reorderCallbacks ? releasesFirst : events)
    .map((event) => ({ ...event, notificationid: randomUUID(), params }))
    .flatMap((notification) =>
      duplicateCallbacks ? [notification, notification] : [notification],
    );
  return batchCallbacks ? [notifications] : notifications.map((notification) => [notification]);
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
