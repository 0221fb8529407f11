/**
 * A receiver in its own process: `evidence-process.mts <Redis URL>`. It sends its port to its parent when it listens.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "redis";
import { createReceiver } from "../../dist/receiver/index.js";
import { redisStore } from "../../examples/receiver/stores/redis.mts";

const [url = ""] = process.argv.slice(2);
const redis = await createClient({ url }).connect();

const { node } = createReceiver({
  headers: { Authorization: "Bearer secret" },
  witnessToken: "witness",
  onNotification() {},
  onError(cause, notification) {
    // The test causes refusals.
    if (notification) console.error(cause);
  },
  store: redisStore(redis),
});
const server = createServer(node).listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.((server.address() as AddressInfo).port);
