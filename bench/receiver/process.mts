/**
 * A receiver in a process of its own: `process.mts <port> [<Redis URL>]`.
 * It tells its parent when it listens, and answers each message with its measurement.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { createClient } from "redis";
import { createReceiver, type ReceiverOptions } from "../../dist/receiver/index.js";
import { redisStore } from "../../examples/receiver/stores/redis.mts";
import { headers } from "./sender.mts";

export interface Measurement {
  /** After a garbage collection. */
  heapMiB: number;
  /** Since it listens. */
  cpuSeconds: number;
  /** How many notifications were handled once, and more often. */
  handledOnce: number;
  handledTwice: number;
}

interface Handling extends Pick<ReceiverOptions, "onNotification" | "store"> {
  /** How often each notification was handled. */
  counts(): Promise<Iterable<number>>;
}

const [port = "0", redisUrl] = process.argv.slice(2);
const { counts, ...options } = redisUrl === undefined ? inMemory() : await withRedis(redisUrl);

function inMemory(): Handling {
  const handled = new Uint8Array(5_000_000);
  return {
    onNotification({ notificationid }) {
      const id = Number(notificationid);
      handled[id] = (handled[id] ?? 0) + 1;
    },
    counts: async () => handled,
  };
}

async function withRedis(url: string): Promise<Handling> {
  const redis = await createClient({ url }).connect();
  return {
    store: redisStore(redis, "vcc", 5),
    // The result and its completion in one transaction, as the documentation recommends.
    onNotification: ({ notificationid: id }) =>
      redis.multi().hIncrBy("handled", id, 1).set(`vcc:notification:${id}`, "done").exec(),
    counts: async () => Object.values(await redis.hGetAll("handled")).map(Number),
  };
}

const receiver = createReceiver({ headers, ...options, onError: console.error });
const server = createServer(receiver.node).listen(Number(port), "127.0.0.1");
await once(server, "listening");
const cpuAtStart = process.cpuUsage();

process.on("message", async () => {
  // What the first collection finds, finalizers free in later turns.
  globalThis.gc?.();
  await setTimeout(1500);
  globalThis.gc?.();
  const { user, system } = process.cpuUsage(cpuAtStart);
  const measurement: Measurement = {
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    cpuSeconds: (user + system) / 1e6,
    handledOnce: 0,
    handledTwice: 0,
  };
  for (const count of await counts()) {
    if (count === 1) measurement.handledOnce++;
    if (count > 1) measurement.handledTwice++;
  }
  process.send?.(measurement);
});
process.send?.((server.address() as AddressInfo).port);
