// Fastify. In the scope of the receiver, no parser reads the raw body.

import Fastify from "fastify";
import { createReceiver } from "pulumi-vcc/receiver";

const receiver = createReceiver({
  path: "/vcc",
  headers: { Authorization: `Bearer ${process.env.CALLBACK_TOKEN}` },
  witnessToken: `${process.env.VCC_WITNESS_TOKEN}`,
  onNotification: ({ notification, objectid }) => console.log(notification, objectid),
  onError: console.error,
});

export const app = Fastify();
app.register(async (scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _body, done) => done(null));
  for (const path of ["/vcc", "/.well-known/vcc-registration"]) {
    scope.all(path, (request, reply) => {
      reply.hijack();
      return receiver.node(request.raw, reply.raw);
    });
  }
});
