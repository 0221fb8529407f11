// Hono. Bun, Deno and Workers also accept `export default { fetch: receiver.fetch }`, without a framework. Workers need
// the compatibility flag `nodejs_compat`.

import { Hono } from "hono";
import { createReceiver } from "pulumi-vcc/receiver";

const receiver = createReceiver({
  headers: { Authorization: `Bearer ${process.env.CALLBACK_TOKEN}` },
  witnessToken: `${process.env.VCC_WITNESS_TOKEN}`,
  onNotification: ({ notification, objectid }) => console.log(notification, objectid),
  onError: console.error,
});

export const app = new Hono();
for (const path of ["/vcc", "/.well-known/vcc-registration"]) {
  app.all(path, (context) => receiver.fetch(context.req.raw));
}
