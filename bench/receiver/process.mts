/**
 * A receiver in a process of its own: `process.mts <port> [<Redis URL> <file of the documented store>]`.
 * It tells its parent when it listens, and answers each message with its measurement.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createClient } from "redis";
import { createReceiver, type ReceiverOptions } from "../../dist/receiver/index.js";
import { headers } from "./sender.mts";

export interface Measurement {
  /** After a garbage collection. */
  heapMiB: number;
  /** Since it listens. */
  cpuSeconds: number;
  /** Only without Redis: how often each of the IDs from 0 was handled, as count → IDs. */
  handled: Record<number, number>;
}

const [port = "0", redisUrl, storeFile = ""] = process.argv.slice(2);
const counts = new Uint8Array(5_000_000);

const inMemory: Pick<ReceiverOptions, "onNotification"> = {
  onNotification({ notificationid }) {
    const id = Number(notificationid);
    counts[id] = (counts[id] ?? 0) + 1;
  },
};

async function withRedis(url: string): Promise<Pick<ReceiverOptions, "onNotification" | "store">> {
  const redis = await createClient({ url }).connect();
  const { redisStore } = await import(pathToFileURL(storeFile).href);
  return {
    store: redisStore(redis, "vcc", 5),
    // The result and its completion in one transaction, as the documentation recommends.
    onNotification: ({ notificationid: id }) =>
      redis.multi().hIncrBy("handled", id, 1).set(`vcc:notification:${id}`, "done").exec(),
  };
}

const receiver = createReceiver({
  headers,
  ...(redisUrl === undefined ? inMemory : await withRedis(redisUrl)),
  onError: console.error,
});
const server = createServer(receiver.node).listen(Number(port), "127.0.0.1");
await once(server, "listening");
const cpuAtStart = process.cpuUsage();

process.on("message", async () => {
  // What the first collection finds, finalizers free in later turns.
  globalThis.gc?.();
  await setTimeout(1500);
  globalThis.gc?.();
  const { user, system } = process.cpuUsage(cpuAtStart);
  const handled: Record<number, number> = {};
  for (const count of counts) if (count > 0) handled[count] = (handled[count] ?? 0) + 1;
  process.send?.({
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    cpuSeconds: (user + system) / 1e6,
    handled,
  } satisfies Measurement);
});
process.send?.((server.address() as AddressInfo).port);
