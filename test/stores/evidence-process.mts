/**
 * A receiver in a process of its own: `evidence-process.mts <Redis URL> <file of the documented store>`. It sends
 * its parent its port when it listens.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { createClient } from "redis";
import { createReceiver } from "../../dist/receiver/index.js";

const [url = "", storeFile = ""] = process.argv.slice(2);
const redis = await createClient({ url }).connect();
const { redisStore } = await import(pathToFileURL(storeFile).href);

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
